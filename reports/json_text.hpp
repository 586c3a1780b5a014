#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace writebench::reports {

/// The JSON as text that ends with a newline. Paths and messages may hold any bytes; JSON may not.
inline std::string json_text(const nlohmann::ordered_json& json) {
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace writebench::reports
