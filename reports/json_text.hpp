#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace writebench::reports {

/// The JSON as text that ends with a newline. Replaces bytes in paths and messages that are not valid in JSON.
std::string json_text(const nlohmann::ordered_json& json);

}  // namespace writebench::reports
