#include "reports/read/json_field.hpp"

#include <fmt/format.h>

namespace writebench::reports {

Field Field::at(const char* key) const {
  if (auto field = find(key)) return *std::move(field);
  Field(nullptr, path_.empty() ? key : path_ + "." + key).refuse("is missing");
}

std::optional<Field> Field::find(const char* key) const {
  expect(json_->is_object(), "an object");
  const auto found = json_->find(key);
  if (found == json_->end()) return std::nullopt;
  return Field(*found, path_.empty() ? key : path_ + "." + key);
}

std::vector<Field> Field::items() const {
  expect(json_->is_array(), "an array");
  std::vector<Field> items;
  items.reserve(json_->size());
  for (const nlohmann::json& item : *json_) items.emplace_back(item, fmt::format("{}[{}]", path_, items.size()));
  return items;
}

std::vector<std::pair<std::string, Field>> Field::members() const {
  expect(json_->is_object(), "an object");
  std::vector<std::pair<std::string, Field>> members;
  for (const auto& [key, value] : json_->items()) members.emplace_back(key, Field(value, path_ + "." + key));
  return members;
}

std::string Field::text() const {
  expect(json_->is_string(), "a text");
  return json_->get<std::string>();
}

std::string Field::some_text() const {
  std::string text = this->text();
  if (text.empty()) refuse("must not be empty");
  return text;
}

bool Field::flag() const {
  expect(json_->is_boolean(), "true or false");
  return json_->get<bool>();
}

double Field::number_between(double min, double max) const {
  expect(json_->is_number(), "a number");
  const double number = json_->get<double>();
  if (number < min) refuse(fmt::format("must be at least {}, not {}", min, shown()));
  if (number > max) refuse(fmt::format("must be at most {}, not {}", max, shown()));
  return number;
}

void Field::refuse(std::string_view problem) const {
  throw BadField(fmt::format("{} {}", path_.empty() ? "it" : path_, problem));
}

std::string Field::shown() const {
  if (json_->is_object()) return "an object";
  if (json_->is_array()) return "an array";
  std::string text = json_->dump(-1, ' ', true);
  constexpr std::size_t kMost = 60;
  return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
}

// JSON's integers are parsed as unsigned unless they are negative, and as floating point if they exceed 64 bits.
std::uint64_t Field::whole_between(std::uint64_t min, std::uint64_t max) const {
  expect(json_->is_number(), "a whole number");
  if (json_->is_number_integer() && !json_->is_number_unsigned()) refuse("must not be negative, and is " + shown());
  expect(json_->is_number_unsigned(), "a whole number");
  const auto number = json_->get<std::uint64_t>();
  if (number < min) refuse(fmt::format("must be at least {}, not {}", min, shown()));
  if (number > max) refuse(fmt::format("must be at most {}, not {}", max, shown()));
  return number;
}

void Field::expect(bool holds, const char* form) const {
  if (!holds) refuse(fmt::format("must be {}, not {}", form, shown()));
}

}  // namespace writebench::reports
