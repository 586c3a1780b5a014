#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>

#include "engine/lines/workload.hpp"
#include "engine/machine/interference.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/ledger.hpp"
#include "engine/trial/sample.hpp"
#include "engine/trial/stages.hpp"
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
  const TrialFiles& files;  ///< empty files, file_count() of them
  /// Of each of three parts: setting up the files, settling, and everything from prepare() on. Then the trial is
  /// killed. Time in which this process is stopped does not count.
  std::chrono::nanoseconds timeout{300'000'000'000};
  bool observe = false;  ///< time every append and the event loop, which costs two clock reads a line
  bool stages = false;   ///< time the stages of each dispatched write, which costs five clock reads each
  /// With `stages`: count the calls that wake threads too. The kernel then traces every system call and every switch
  /// between the threads, which slows a dispatched write by 10 to 20 %.
  bool wakes = false;
  double injected_slow_down = 0;  ///< the caller spins for this share of the run's time before clock off
  /// Records what is acknowledged, which costs a clock read a line. No times are taken from such a trial, so it does
  /// not settle first.
  SharedLedger* ledger = nullptr;
  /// So long after clock on the kernel kills the child. Not in this process.
  std::optional<std::chrono::nanoseconds> killed_after = std::nullopt;
  bool in_process = false;  ///< no child, for debuggers and profilers; a timeout or a crash is fatal then
  Syscalls syscalls{};
};

/// The result of a trial.
struct TrialResult {
  Sample sample;
  Distribution caller_stall;                    ///< only with Trial::observe
  Distribution loop_lag;                        ///< only with Trial::observe, for a strategy on an event loop
  std::uint64_t syncs = 0;                      ///< of all files together, as File counts them
  Distribution pace_late = {};                  ///< only with Trial::observe, if lines are due at a rate
  std::optional<Stages> stages = std::nullopt;  ///< only with Trial::stages, for a strategy that dispatches
  /// A signal stopped the trial's process between clock on and clock off, so its times say nothing.
  bool stopped = false;
  bool killed = false;  ///< SIGKILL ended a child that had Trial::killed_after; the sample says failed then
};

/// A trial that is running in its child process, as seen from outside.
struct TrialUnderWay {
  pid_t process = 0;
  std::optional<std::chrono::nanoseconds> running;  ///< since clock on; no value before that and after clock off
  /// What was written before clock on, for example to set up an old file. Known while `running` has a value.
  WrittenBefore written_before = {};
};

/// Runs a trial in a child process and waits for it: settle, prepare, clock on, run, sync, close, clock off. Nothing
/// that the strategy does (throw, crash, hang, exit) harms the caller; it becomes the outcome. `waiting` is called
/// about ten times a second; if it returns false, the child is killed and there is no result. A child that hangs in the
/// kernel, so that it cannot be killed, is left (left_to_kernel()). The caller must be single-threaded. Throws
/// std::system_error if no child can be created.
std::optional<TrialResult> run_trial(const Trial& trial, const std::function<bool(const TrialUnderWay&)>& waiting = {});

/// The time of one clock reading in nanoseconds: the minimum over several rounds of many readings, so that
/// interruptions do not count. Takes about a millisecond.
double clock_read_ns();

}  // namespace writebench::engine
