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

/// What one trial of a cell is expected to take, its verification and everything else around it included.
struct TrialEstimate {
  std::chrono::nanoseconds time{0};        ///< a trial that counts, or warms up
  std::chrono::nanoseconds stall_time{0};  ///< one that times every append
  std::optional<Outcome> failed;           ///< a probe ended like this: there are no times
  std::string detail;                      ///< why
};

/// Estimates a trial of a cell from trials of fewer of its lines, each up to ten times as large as the one before: two,
/// and then as long as the next is expected to take no more than a third of `share`, or until all lines are used. The
/// largest is repeated if there is time. Beyond it, time is taken to grow in a straight line. A schedule (--rate) is
/// not waited for, but added. No value if a signal (interrupted()) ended a probe. Throws what the runner throws.
std::optional<TrialEstimate> estimate_trial(const CellSpec& cell, TrialRunner& runner, std::chrono::nanoseconds share);

/// What a whole run takes.
struct RunEstimate {
  std::chrono::nanoseconds time{0};
  std::size_t trials = 0;  ///< of all kinds
};

/// Plays the plan's schedule with trials of these times. With `converged`, every cell converges as soon as it can;
/// without, none ever does.
RunEstimate estimate_run(const Plan& plan, const std::vector<TrialEstimate>& cells, bool converged);

}  // namespace writebench::engine
