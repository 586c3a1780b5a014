#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace writebench::reports {

/// The JSON as text that ends with a newline. Paths and messages may hold any bytes; JSON may not.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace writebench::reports
