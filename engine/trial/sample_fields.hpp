#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// The kind of a trial's figure.
enum class FieldKind {
  kTime,   ///< a duration on the clock
  kTotal,  ///< the increase of a running total
  kPeak,   ///< the maximum at any moment
  kLevel,  ///< the value at one moment
};

std::string_view to_string(FieldKind kind);

/// How a figure stands in a report.
enum class Reported {
  kIfKnown,  ///< absent if unknown
  kOrNull,   ///< null if unknown
  kNever,    ///< not written, because it follows from others
};

/// One figure of a trial. Reports, exports, the metrics of comparisons and the sort orders of tables follow from the
/// table of these (sample_fields.cpp); a test compares reports/report.schema.json with it.
struct SampleField {
  using Value = std::optional<std::int64_t>;
  using Derived = Value (*)(const Sample&);

  std::string_view name;  ///< in every form of the report; the unit comes last
  FieldKind kind;
  std::variant<Value Sample::*, Value Cost::*, Value Interference::*, Derived> at;
  Reported reported = Reported::kIfKnown;
  std::string_view metric = {};      ///< a summary, if the gate can compare by it; otherwise empty
  std::string_view column = {};      ///< its column's title, if a table can be sorted by it; otherwise empty
  bool needs_timed_appends = false;  ///< whether only trials that time every append have it

  Value of(const Sample& sample) const;

  /// The sample's member that has it; null if it follows from others.
  Value* in(Sample& sample) const;

  /// Whether it belongs to Interference, which is an object of its own in reports.
  bool of_interference() const { return std::holds_alternative<Value Interference::*>(at); }

  std::string_view unit() const;  ///< "ns", "bytes", or "" for a count
  std::string_view stem() const;  ///< the name without its unit
  std::string word() const;       ///< the stem as on the command line: "write-syscalls"
};

/// All fields, in the order of the report.
std::span<const SampleField> sample_fields();

/// The field of that name. Throws std::out_of_range.
const SampleField& sample_field(std::string_view name);

}  // namespace writebench::engine
