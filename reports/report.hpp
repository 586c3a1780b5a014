#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/machine/environment.hpp"
#include "engine/run/schedule.hpp"
#include "engine/statistics.hpp"
#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// The version of the report's form that this program writes. It grows by one with every change after which a reader of
/// the old form would miss or misread something: a required field is added or removed, a field is renamed, or one means
/// something else. A field or a word that readers can do without leaves it as it is. Whoever raises it teaches
/// read/upgrade.cpp the step from the version before, keeps samples of that version in tests/reports/schema_N, and says
/// in docs/reading-a-report.md what changed.
inline constexpr int kSchema = 2;

/// The strategies that figures are taken against.
inline constexpr std::string_view kReference = "sync";
inline constexpr std::string_view kCeiling = "bulk";
inline constexpr std::string_view kHarness = "null";  ///< its time is the harness's own cost

bool is_control(const engine::Cell& cell);
bool is_twin(const engine::Cell& cell);

/// Whether ratios are taken against this cell. A twin of the reference is held against it like any other.
bool is_reference(const engine::Cell& cell);

/// Something that the reader of the numbers should know.
struct Warning {
  std::string code;  ///< kebab-case, stable
  std::string message;
};

/// That a report is one side of a session in which two programs were measured in turn: rounds of the same number are
/// pairs.
struct Pairing {
  std::string id;    ///< the same on both sides, and nowhere else
  std::string side;  ///< base or head
};

/// Everything about a run.
struct Report {
  std::string started_at;  ///< UTC, ISO 8601
  std::vector<std::string> command_line;
  bool complete = false;
  std::optional<Pairing> pairing;
  engine::Plan plan;
  engine::Build build;
  engine::Environment environment;
  double clock_read_ns = 0;  ///< what one reading of the clock takes, of which a timed append contains one
  std::vector<engine::Cell> cells;
  std::vector<Warning> warnings;
};

/// What the harness itself costs.
struct Harness {
  double clock_read_ns = 0;
  std::optional<double> ns_per_line;        ///< of walking the lines: the time of null; absent where it did not run
  std::optional<double> trial_overhead_ns;  ///< median of what a trial takes beside its time: fork, settle, verify
};

Harness harness_of(const Report& report);

/// A median with its interval; the interval is absent where there are too few samples for one.
struct Estimate {
  double median = 0;
  std::optional<engine::Interval> ci95;
};

/// What the samples of one cell come to.
struct Summary {
  std::size_t trials = 0;
  std::size_t disturbed_trials = 0;  ///< of these, with a cause to doubt them; they count all the same
  Estimate time_ns;
  double mad_ns = 0;
  double min_ns = 0;
  double max_ns = 0;
  std::optional<double> ns_per_line;  ///< absent where there are no lines
  double lines_per_second = 0;
  double bytes_per_second = 0;
  /// Time over that of the reference, above 1 is slower; from the pairs of one round. Absent without such pairs.
  std::optional<Estimate> ratio_to_reference;
  /// The ceiling's time over this one's, 1 is the ceiling itself; from the pairs of one round.
  std::optional<double> fraction_of_ceiling;
};

/// The summary of a cell among the others of its run; nothing where it has no time.
std::optional<Summary> summarise(const engine::Cell& cell, const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
