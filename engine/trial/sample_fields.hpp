#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// What a figure of a trial is.
enum class FieldKind {
  kTime,   ///< a duration on the clock
  kTotal,  ///< what a running total grew by
  kPeak,   ///< the most there was at once
  kLevel,  ///< how much there was at one moment
};

std::string_view to_string(FieldKind kind);

/// How a report has a figure.
enum class Reported {
  kIfKnown,  ///< absent if unknown
  kOrNull,   ///< null if unknown
  kNever,    ///< it follows from others
};

/// One figure of a trial. Reports, exports, the metrics of comparisons and the orders of tables follow from the table
/// of these (sample_fields.cpp), and a test holds reports/report.schema.json against it.
struct SampleField {
  using Value = std::optional<std::int64_t>;
  using Derived = Value (*)(const Sample&);

  std::string_view name;  ///< in every form of the report; the unit stands last
  FieldKind kind;
  std::variant<Value Sample::*, Value Cost::*, Value Interference::*, Derived> at;
  Reported reported = Reported::kIfKnown;
  std::string_view metric = {};      ///< a summary for those who compare by it; empty: it is not a metric of the gate
  std::string_view column = {};      ///< the title of its column if a table is sorted by it; empty: no table is
  bool needs_timed_appends = false;  ///< only trials that time every append have it

  Value of(const Sample& sample) const;

  /// Where a sample keeps it; null if it follows from others.
  Value* in(Sample& sample) const;

  /// Whether it is one of Interference, which reports have as an object of its own.
  bool of_interference() const { return std::holds_alternative<Value Interference::*>(at); }

  std::string_view unit() const;  ///< "ns", "bytes", or "" for a count
  std::string_view stem() const;  ///< the name without its unit
  std::string word() const;       ///< the stem as the command line has it: "write-syscalls"
};

/// All of them, in the order in which reports have them.
std::span<const SampleField> sample_fields();

/// The one of that name. Throws std::out_of_range.
const SampleField& sample_field(std::string_view name);

}  // namespace writebench::engine
