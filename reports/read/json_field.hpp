#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "reports/json.hpp"  // to_string() of what a report names

namespace writebench::reports {

/// A value of a report is not as required; the message begins with its path.
class BadField : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One value of a report that is being read, with its path, such as cells[3].samples[0].time_ns. Throws BadField if the
/// value does not have the form asked for. The JSON must outlive it.
class Field {
 public:
  Field(const nlohmann::json& json, std::string path) : json_(&json), path_(std::move(path)) {}

  Field at(const char* key) const;                   ///< a required member of an object
  std::optional<Field> find(const char* key) const;  ///< an optional member of an object
  std::vector<Field> items() const;                  ///< the elements of an array
  std::vector<std::pair<std::string, Field>> members() const;

  std::string text() const;
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
    const std::string word = text();
    for (int value = 0; !to_string(static_cast<Enum>(value)).empty(); ++value) {
      if (to_string(static_cast<Enum>(value)) == word) return static_cast<Enum>(value);
    }
    refuse("is an unknown word, " + shown());
  }

  bool is_null() const { return json_->is_null(); }

  /// No value for null; otherwise the result of `read`.
  template <class Read>
  auto or_null(Read read) const -> std::optional<std::invoke_result_t<Read, const Field&>> {
    if (is_null()) return std::nullopt;
    return std::invoke(read, *this);
  }

  [[noreturn]] void refuse(std::string_view problem) const;

  /// The value as it is in the file, shortened.
  std::string shown() const;

 private:
  std::uint64_t whole_between(std::uint64_t min, std::uint64_t max) const;
  void expect(bool holds, const char* form) const;

  const nlohmann::json* json_;
  std::string path_;
};

}  // namespace writebench::reports
