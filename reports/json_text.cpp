#include "reports/json_text.hpp"

#include <nlohmann/json.hpp>

#include "reports/unicode.hpp"

namespace writebench::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndentedLevels = 4;

std::string on_one_line(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

void append(std::string& text, const Json& json, std::size_t level) {
  if (!json.is_structured() || json.empty() || level == kIndentedLevels) {
    text += on_one_line(json);
    return;
  }
  const auto new_line = [&](std::size_t indent) { text.append(1, '\n').append(indent, ' '); };
  text += json.is_object() ? '{' : '[';
  const char* separator = "";
  for (auto element = json.begin(); element != json.end(); ++element) {
    text += separator;
    separator = ",";
    new_line(level + 1);
    if (json.is_object()) text += on_one_line(element.key()) + ": ";
    append(text, *element, level + 1);
  }
  new_line(level);
  text += json.is_object() ? '}' : ']';
}

}  // namespace

std::string json_text(const Json& json) {
  std::string text;
  append(text, json, 0);
  return printable_json(text + "\n");
}

}  // namespace writebench::reports
