#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace writebench::reports {

/// The JSON as text that ends with a newline. The first four levels are indented, so that a sample of a report takes
/// one line. Replaces bytes in paths and messages that are not valid in JSON, and escapes what a terminal could obey or
/// hide (unicode.hpp).
std::string json_text(const nlohmann::ordered_json& json);

template <class T>
nlohmann::ordered_json or_null(const std::optional<T>& value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

}  // namespace writebench::reports
