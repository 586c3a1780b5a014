#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/run/run.hpp"
#include "engine/run/schedule.hpp"
#include "engine/trial/cell.hpp"

namespace writebench::engine {

/// What one trial of a cell is expected to take, its verification and everything else around it included.
struct TrialEstimate {
  std::chrono::nanoseconds time{0};        ///< a trial that counts, or warms up
  std::chrono::nanoseconds stall_time{0};  ///< one that times every append
  std::optional<Outcome> failed;           ///< a probe ended like this: there are no times
  std::string detail;                      ///< why
};

/// How many lines a trial has, and how many of them may be probed.
struct ProbeLines {
  std::uint64_t all = 0;
  std::uint64_t first = 0;  ///< in the first probe; at least 1 where there are any
  std::uint64_t most = 0;   ///< in any probe
};

/// Runs a trial of a cell's first `lines` lines; nothing where a signal ended it.
using Probe = std::function<std::optional<Sample>(std::uint64_t lines)>;

/// Estimates a trial of all lines from probes of fewer, each up to ten times as large as the one before: two, and then
/// as long as the next is expected to take no more than a third of `share`, or until all lines are used. The largest is
/// repeated where there is time. Beyond it time is taken to grow in a straight line. Nothing where a signal ended a
/// probe.
std::optional<TrialEstimate> estimate_trial(const ProbeLines& lines, std::chrono::nanoseconds share,
                                            const Probe& probe);

/// The same for a cell, by real trials, each in a scratch directory of its own. A schedule (--rate) is not waited for,
/// but added. Throws IoError where the directory cannot be written.
std::optional<TrialEstimate> estimate_trial(const CellSpec& cell, const Runnable& runnable, const RunSetup& setup,
                                            std::chrono::nanoseconds share);

/// What a whole run comes to.
struct RunEstimate {
  std::chrono::nanoseconds time{0};
  std::size_t trials = 0;  ///< of all kinds
};

/// Plays the plan's schedule with trials of these times; `converged`: every cell is so as soon as it can be, else none.
RunEstimate estimate_run(const Plan& plan, const std::vector<TrialEstimate>& cells, bool converged);

}  // namespace writebench::engine
