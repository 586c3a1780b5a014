#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "reports/json.hpp"  // to_string() of what a report names
#include "reports/read/json_document.hpp"

namespace writebench::reports {

/// A value of a report is not as required; the message begins with its path.
class BadField : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where the values of a text stand in it, for messages.
struct FieldOrigin {
  const JsonValue* root = nullptr;
  std::function<std::string()> path = nullptr;  ///< of the root, such as cells[3].samples[0]; empty: it has none
};

/// One value of a report that is being read. Throws BadField, which begins with the value's path, such as
/// cells[3].samples[0].time_ns, if the value does not have the form asked for. The document and the origin must outlive
/// it. The path is searched for only when it is needed, so that a million values cost no texts.
class Field {
 public:
  Field(const JsonValue& value, const FieldOrigin& origin) : value_(&value), origin_(&origin) {}

  Field at(std::string_view key) const;                   ///< a required member of an object
  std::optional<Field> find(std::string_view key) const;  ///< an optional member of an object
  std::vector<Field> items() const;                       ///< the elements of an array
  std::size_t size() const;                               ///< their number; also if they were passed on
  std::vector<std::pair<std::string_view, Field>> members() const;

  std::string text() const { return std::string(text_view()); }
  std::string_view text_view() const;
  std::string some_text() const;  ///< not empty
  bool flag() const;
  double number() const { return number_between(0, std::numeric_limits<double>::max()); }
  double number_between(double min, double max) const;

  /// An integer that fits `Integer` and is at least `min`.
  template <class Integer>
  Integer whole(Integer min = 0) const {
    return static_cast<Integer>(whole_between(static_cast<std::uint64_t>(min),
                                              static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())));
  }
  std::int64_t amount() const { return whole<std::int64_t>(); }

  /// The enumerator whose to_string() gives this word; enumerators are numbered from 0.
  template <class Enum>
  Enum word() const {
    const std::string_view word = text_view();
    for (int value = 0; !to_string(static_cast<Enum>(value)).empty(); ++value) {
      if (to_string(static_cast<Enum>(value)) == word) return static_cast<Enum>(value);
    }
    refuse("is an unknown word, " + shown());
  }

  bool is_null() const { return value_->kind() == JsonValue::Kind::kNull; }

  /// No value for null; otherwise the result of `read`.
  template <class Read>
  auto or_null(Read read) const -> std::optional<std::invoke_result_t<Read, const Field&>> {
    if (is_null()) return std::nullopt;
    return std::invoke(read, *this);
  }

  [[noreturn]] void refuse(std::string_view problem) const;

  /// The same about a value below this one, such as "[0].round".
  [[noreturn]] void refuse_below(std::string_view path, std::string_view problem) const;

  /// The value as it is in the file, shortened; printable.
  std::string shown() const;

 private:
  std::uint64_t whole_between(std::uint64_t min, std::uint64_t max) const;
  void expect(bool holds, const char* form) const;

  std::string path() const;

  const JsonValue* value_;
  const FieldOrigin* origin_;
  mutable std::size_t next_ = 0;  // where the next member is looked for first: members are read in their order
};

}  // namespace writebench::reports
