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
};

/// Estimates a trial of a cell from trials with fewer of its lines, each up to ten times as large as the one before.
/// There are at least two; more follow as long as the next is expected to take at most a third of `share`, or until all
/// lines are used. The largest is repeated if there is time. Beyond it, the time is extrapolated linearly. A schedule
/// (--rate) is not waited for, but its time is added. No value if a signal (interrupted()) ended a probe. Throws what
/// the runner throws.
std::optional<TrialEstimate> estimate_trial(const CellSpec& cell, TrialRunner& runner, std::chrono::nanoseconds share);

/// The expected time of a whole run.
struct RunEstimate {
  std::chrono::nanoseconds time{0};
  std::size_t trials = 0;  ///< of all kinds
};

/// Simulates the plan's schedule with trials of these times. With `converged`, every cell converges as soon as it can;
/// without, no cell ever does.
RunEstimate estimate_run(const Plan& plan, const std::vector<TrialEstimate>& cells, bool converged);

}  // namespace writebench::engine
