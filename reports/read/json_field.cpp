#include "reports/read/json_field.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "reports/unicode.hpp"

namespace writebench::reports {
namespace {

using Kind = JsonValue::Kind;

// The path from `from` to `to`; no value if that is not below it.
std::optional<std::string> path_to(const JsonValue& from, const JsonValue* to) {
  if (&from == to) return "";
  if (from.kind() == Kind::kArray && !from.passed_on()) {
    for (std::size_t i = 0; i < from.size(); ++i) {
      if (const auto path = path_to(from.items()[i], to)) return fmt::format("[{}]{}", i, *path);
    }
  }
  if (from.kind() == Kind::kObject) {
    for (const JsonMember& member : from.members()) {
      if (const auto path = path_to(member.value, to)) return fmt::format(".{}{}", member.key, *path);
    }
  }
  return std::nullopt;
}

std::string shortened(std::string text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return text;
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : printable(text.substr(0, 100))) {
    if (c == '"') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string real_text(double number) {
  std::string text = fmt::format("{}", number);
  return text.find_first_not_of("-0123456789") == text.npos ? text + ".0" : text;
}

}  // namespace

Field Field::at(std::string_view key) const {
  if (auto field = find(key)) return *std::move(field);
  refuse_below(fmt::format(".{}", key), "is missing");
}

std::optional<Field> Field::find(std::string_view key) const {
  expect(value_->kind() == Kind::kObject, "an object");
  const auto members = value_->members();
  const auto find_from = [&](std::size_t begin, std::size_t end) -> const JsonMember* {
    for (std::size_t i = begin; i < end; ++i) {
      if (!same_key(members[i].key, key)) continue;
      next_ = i + 1;
      return &members[i];
    }
    return nullptr;
  };
  const JsonMember* member = find_from(next_, members.size());
  if (member == nullptr) member = find_from(0, std::min(next_, members.size()));
  return member == nullptr ? std::nullopt : std::optional(Field(member->value, *origin_));
}

std::size_t Field::size() const {
  expect(value_->kind() == Kind::kArray, "an array");
  return value_->size();
}

std::vector<Field> Field::items() const {
  expect(value_->kind() == Kind::kArray && !value_->passed_on(), "an array");
  std::vector<Field> items;
  items.reserve(value_->size());
  for (const JsonValue& item : value_->items()) items.emplace_back(item, *origin_);
  return items;
}

std::vector<std::pair<std::string_view, Field>> Field::members() const {
  expect(value_->kind() == Kind::kObject, "an object");
  std::vector<std::pair<std::string_view, Field>> members;
  members.reserve(value_->size());
  for (const JsonMember& member : value_->members()) members.emplace_back(member.key, Field(member.value, *origin_));
  return members;
}

std::string_view Field::text_view() const {
  expect(value_->kind() == Kind::kText, "a text");
  return value_->text();
}

std::string Field::some_text() const {
  std::string text = this->text();
  if (text.empty()) refuse("must not be empty");
  return text;
}

bool Field::flag() const {
  expect(value_->kind() == Kind::kBoolean, "true or false");
  return value_->flag();
}

double Field::number_between(double min, double max) const {
  const Kind kind = value_->kind();
  expect(kind == Kind::kNatural || kind == Kind::kNegative || kind == Kind::kReal, "a number");
  const double number = value_->number();
  if (number < min) refuse(fmt::format("must be at least {}, not {}", min, shown()));
  if (number > max) refuse(fmt::format("must be at most {}, not {}", max, shown()));
  return number;
}

void Field::refuse(std::string_view problem) const { refuse_below("", problem); }

void Field::refuse_below(std::string_view below, std::string_view problem) const {
  std::string path = this->path() + std::string(below);
  if (path.starts_with('.')) path.erase(0, 1);
  throw BadField(fmt::format("{} {}", path.empty() ? "it" : printable(path), problem));
}

std::string Field::path() const {
  const std::string of_root = origin_->path ? origin_->path() : "";
  return of_root + path_to(*origin_->root, value_).value_or("");
}

std::string Field::shown() const {
  switch (value_->kind()) {
    case Kind::kNull: return "null";
    case Kind::kBoolean: return value_->flag() ? "true" : "false";
    case Kind::kNatural: return std::to_string(value_->natural());
    case Kind::kNegative: return fmt::format("{:.0f}", value_->number());
    case Kind::kReal: return real_text(value_->number());
    case Kind::kText: return shortened(quoted(value_->text()));
    case Kind::kArray: return "an array";
    case Kind::kObject: return "an object";
  }
  return "";
}

// A number with a fraction or an exponent is not whole, and neither is one of more than 64 bits.
std::uint64_t Field::whole_between(std::uint64_t min, std::uint64_t max) const {
  if (value_->kind() == Kind::kNegative) refuse("must not be negative, and is " + shown());
  expect(value_->kind() == Kind::kNatural, "a whole number");
  const std::uint64_t number = value_->natural();
  if (number < min) refuse(fmt::format("must be at least {}, not {}", min, shown()));
  if (number > max) refuse(fmt::format("must be at most {}, not {}", max, shown()));
  return number;
}

void Field::expect(bool holds, const char* form) const {
  if (!holds) refuse(fmt::format("must be {}, not {}", form, shown()));
}

}  // namespace writebench::reports
