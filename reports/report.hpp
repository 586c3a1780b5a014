#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/machine/environment.hpp"
#include "engine/run/schedule.hpp"
#include "engine/statistics.hpp"
#include "engine/trial/cell.hpp"
#include "reports/advice.hpp"
#include "reports/crash_test.hpp"
#include "reports/explanation.hpp"

namespace writebench::reports {

/// The version of the report's format that this program writes. Raise it by one with every change after which a reader
/// of the old format would miss or misread something: a required field is added or removed, a field is renamed, or its
/// meaning changes. Optional fields or words do not need it. Raising it also means: teach read/upgrade.cpp the step
/// from the version before, keep samples of that version in tests/reports/schema_N, and say in docs/reading-a-report.md
/// what changed.
inline constexpr int kSchema = 2;

/// The reference: the strategy that ratios are taken against.
inline constexpr std::string_view kReference = "sync";
inline constexpr std::string_view kCeiling = "bulk";
inline constexpr std::string_view kHarness = "null";  ///< its time is the harness's own cost

/// Whether it is not a way of writing: a control, or a rung, which exists for explanations. Ranked with none.
bool is_control(const engine::Cell& cell);

/// Whether its lines are due at a rate. The pace then fixes its time as long as it keeps up, so the time is compared
/// with none: what matters is how long the caller is held, and what that costs.
bool has_rate(const engine::Cell& cell);

/// Whether it has a rate and its median trial took over 5 % longer than until the last line was due.
bool falls_behind(const engine::Cell& cell);

/// The median of a trial's processor time divided by its time; 1 is one processor that is busy all the time. No value
/// if the kernel did not tell the processor time.
std::optional<double> processor_share(const engine::Cell& cell);
bool is_twin(const engine::Cell& cell);

/// The cell's id, with the fraction of the lines that it ran on: "naive-async (1/10 of lines)".
std::string name_of(const engine::Cell& cell);

/// What is said of a report that is not complete.
inline constexpr std::string_view kIncomplete = "incomplete: the run was interrupted, or goes on";

/// Whether ratios are taken against this cell. A twin of the reference is compared with it like any other cell.
bool is_reference(const engine::Cell& cell);

/// Something that a reader of the figures should know.
struct Warning {
  std::string code;  ///< kebab-case; it stays the same in all versions
  std::string message;
};

/// Marks a report as one side of a session that measured two programs in turn: rounds with the same number are pairs.
struct Pairing {
  std::string id;    ///< the same on both sides, and unique
  std::string side;  ///< base or head
};

/// Everything about one run.
struct Report {
  std::string started_at;  ///< UTC, ISO 8601
  std::vector<std::string> command_line;
  bool complete = false;
  std::optional<Pairing> pairing;
  engine::Plan plan;
  engine::Build build;
  engine::Environment environment;
  double clock_read_ns = 0;  ///< the time of one clock reading; a timed append includes one
  /// The time of an external program that does nothing: what the protocol adds to the trials of such programs.
  std::optional<double> protocol_ns = std::nullopt;
  std::vector<engine::Cell> cells;
  std::vector<Warning> warnings;
  std::optional<Explanation> explanation = std::nullopt;  ///< of a run of `explain`
  std::optional<CrashTest> crash_test = std::nullopt;     ///< of a run of `crash-test`
  std::optional<Advice> advice = std::nullopt;            ///< of a run of `advise`
};

/// The harness's own cost.
struct Harness {
  double clock_read_ns = 0;
  std::optional<double> ns_per_line;        ///< the cost of walking a line (walking_ns()); absent if it is not known
  std::optional<double> protocol_ns;        ///< what the protocol adds to a trial of an external program
  std::optional<double> trial_overhead_ns;  ///< median of a trial's time around the measurement: fork, settle, verify
};

/// The median time that a cell of null took to walk its lines, without the sync of its empty file. No value with a
/// pace, which is in that time.
std::optional<double> walking_ns(const engine::Cell& harness);

Harness harness_of(const Report& report);

/// The summary of one cell's samples.
struct Summary {
  std::size_t trials = 0;
  std::size_t disturbed_trials = 0;  ///< samples among these that were disturbed; they count all the same
  Estimate time_ns;
  double mad_ns = 0;
  double min_ns = 0;
  double max_ns = 0;
  std::optional<double> ns_per_line;  ///< absent if there are no lines
  double lines_per_second = 0;
  double bytes_per_second = 0;
  /// The cell's time over the reference's in the same round; above 1 is slower. Absent without such pairs, and if the
  /// cell has a rate.
  std::optional<Estimate> ratio_to_reference;
  /// The ceiling's time over the cell's in the same round; 1 is as fast as the ceiling. Likewise.
  std::optional<double> fraction_of_ceiling;
  /// Only of a program that is compared within its language: its median time of a line over that of the reference, and
  /// over that of its own reference, whatever fraction of the lines each of them ran on.
  std::optional<double> per_line_to_reference;
  std::optional<double> per_line_to_own_reference;
};

/// The median time of a line over that of the first cell of another strategy that was asked to do the same work. No
/// value without such a cell, or if one of them has no time or no lines.
std::optional<double> per_line_ratio(const engine::Cell& cell, std::string_view other,
                                     const std::vector<engine::Cell>& cells);

/// The summary of a cell in its run; no value if it has no time.
std::optional<Summary> summarise(const engine::Cell& cell, const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
