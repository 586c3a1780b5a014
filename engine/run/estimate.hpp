#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/schedule.hpp"
#include "engine/trial/cell.hpp"
#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// The expected time of one trial of a cell, including its verification and everything else around it.
struct TrialEstimate {
  std::chrono::nanoseconds time{0};        ///< of a trial that counts, or of a warm-up
  std::chrono::nanoseconds stall_time{0};  ///< of a trial that times every append
  std::optional<Outcome> failed;           ///< the outcome of a probe that failed; there are no times then
  std::string detail;                      ///< why
  std::chrono::nanoseconds around{0};      ///< the part of the time that does not depend on the lines
  std::uint64_t appends = 0;               ///< what a trial that times every append times, at most
};

/// Estimates a trial of a cell from trials with fewer of its lines, each up to ten times as large as the one before.
/// There are at least two; more follow as long as the next is expected to take at most a third of `share`, or until all
/// lines are used. The largest is repeated if there is time. Beyond it, the time is extrapolated linearly. A schedule
/// (--rate) is not waited for, but its time is added. No value if a signal (interrupted()) ended a probe. Throws what
/// the runner throws.
std::optional<TrialEstimate> estimate_trial(const CellSpec& cell, TrialRunner& runner, std::chrono::nanoseconds share);

/// A rough estimate from one trial of that many lines, at least 1; rather too high than too low, because whatever is
/// not proportional to the lines inside the clock counts as if it were. Otherwise as estimate_trial().
std::optional<TrialEstimate> glance_at_trial(const CellSpec& cell, TrialRunner& runner, std::uint64_t lines);

/// The expected time of a whole run.
struct RunEstimate {
  std::chrono::nanoseconds time{0};
  std::size_t trials = 0;  ///< of all kinds
};

/// Simulates the plan's schedule with trials of these times. With `converged`, every cell converges as soon as it can;
/// without, no cell ever does.
RunEstimate estimate_run(const Plan& plan, const std::vector<TrialEstimate>& cells, bool converged);

}  // namespace writebench::engine
