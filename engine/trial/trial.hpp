#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>

#include "engine/lines/workload.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/sample.hpp"
#include "engine/trial/trial_files.hpp"
#include "writebench/job.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// One execution of a cell.
struct Trial {
  const Descriptor& strategy;
  const Parameters& parameters;
  const Workload& workload;
  const Content& content;
  const TrialFiles& files;                            ///< empty; file_count() of them
  std::chrono::nanoseconds timeout{300'000'000'000};  ///< from prepare() on, until the trial is killed
  bool observe = false;           ///< time every append and the event loop, at the price of two clock reads a line
  double injected_slow_down = 0;  ///< the caller spins for this share of the run's time before the clock is stopped
  bool in_process = false;        ///< no child: for debuggers and profilers; timeout and crash are fatal then
  Syscalls syscalls{};
};

/// What a trial leaves.
struct TrialResult {
  Sample sample;
  Distribution caller_stall;             ///< with Trial::observe
  Distribution loop_lag;                 ///< with Trial::observe, for a strategy on an event loop
  std::int64_t set_up_device_bytes = 0;  ///< asked of the device before clock on, for a file that is not new
};

/// A trial in its child process, as seen from outside.
struct TrialUnderWay {
  pid_t process = 0;
  std::optional<std::chrono::nanoseconds> running;  ///< since clock on; nothing before that and after clock off
  /// What the process had written before clock on: to set up an old file, for one. Known while it is running.
  std::int64_t written_before_bytes = 0;
};

/// Runs a trial in a child process and waits for it: settle, prepare, clock on, run, sync, close, clock off. Nothing
/// that the strategy does (throw, crash, hang, exit) harms the caller; it is the outcome. `waiting` is called about ten
/// times a second; if it returns false the child is killed, and there is no result. The caller must have one thread
/// only. Throws std::system_error if no child can be made.
std::optional<TrialResult> run_trial(const Trial& trial, const std::function<bool(const TrialUnderWay&)>& waiting = {});

/// What one reading of the clock takes, in nanoseconds: the least of several rounds of many readings, so that no
/// interruption counts. Takes about a millisecond.
double clock_read_ns();

}  // namespace writebench::engine
