#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/machine/dirty_throttle.hpp"
#include "engine/machine/pace_loss.hpp"

namespace writebench::engine {

/// One look at the machine as a whole (proc(5)): running totals and what is under way. Absent where the kernel does not
/// tell.
struct SystemReading {
  std::int64_t at_ns = 0;                       ///< CLOCK_MONOTONIC
  std::optional<std::int64_t> busy_ns;          ///< of all processors, user and system, interrupts included
  std::optional<std::int64_t> stolen_ns;        ///< of all processors
  std::optional<std::int64_t> writeback_bytes;  ///< pages being written at this moment
  std::optional<std::int64_t> device_bytes;     ///< written to the device so far
  std::int64_t own_cpu_ns = 0;                  ///< this process and its finished children
};

/// What else went on in the machine around one trial. Absent where the kernel does not tell.
struct Interference {
  std::optional<std::int64_t> stolen_ns;     ///< processors had been given away by the hypervisor
  std::optional<std::int64_t> other_cpu_ns;  ///< used by other processes, all processors together
  std::optional<std::int64_t> window_ns;  ///< the time that these two were counted over: the trial and what led to it
  std::optional<std::int64_t> writeback_bytes;  ///< of others, under way when the trial began
  std::optional<std::int64_t>
      device_other_bytes;  ///< written to the device in the window, beyond what the trials asked for
  /// The kernel was first seen to hold the trial because too much memory was dirty: how much it had written then, and
  /// how long after clock on. Looked at ten times a second; absent where it was not seen.
  std::optional<std::int64_t> throttled_from_bytes, throttled_from_ns;
  std::optional<PaceLoss> slow_down;               ///< of the trial itself, whatever the cause
  std::optional<std::int64_t> cpu_pressure_ns;     ///< during the trial someone, maybe it, waited for a processor (PSI)
  std::optional<std::int64_t> io_pressure_ns;      ///< likewise for the device
  std::optional<std::int64_t> memory_pressure_ns;  ///< likewise for memory
};

/// Watches the machine between trials. The kernel counts processor time in ticks of 10 ms, which is more than many a
/// trial lasts; so each trial is judged by a window that ends with it and reaches back a quarter of a second or more.
class InterferenceMonitor {
 public:
  /// What tells where the threads of a trial sleep: wait_channels(), but for tests.
  using WaitChannels = std::function<std::vector<std::string>(pid_t)>;

  /// `directory` tells which device matters.
  explicit InterferenceMonitor(const std::string& directory, WaitChannels channels = wait_channels);

  /// Right before a trial begins.
  void trial_begins();

  /// About ten times a second between clock on and clock off: looks how far the trial's process is, and whether the
  /// kernel holds it. `running` is the time since clock on, `written_before_bytes` what it had written by then.
  void trial_runs(pid_t process, std::chrono::nanoseconds running, std::int64_t written_before_bytes);

  /// After the trial, which asked the device for `own_device_bytes`: what went on around it. The pressures are not
  /// filled in; only the trial itself can read them at its clock.
  Interference trial_ended(std::int64_t own_device_bytes);

 private:
  SystemReading read() const;

  std::optional<std::string> device_;            // major:minor of the whole disk, as in /proc/diskstats
  std::deque<SystemReading> readings_;           // oldest first
  std::vector<ProgressPoint> progress_;          // of the trial under way
  std::optional<ProgressPoint> throttled_from_;  // likewise
  const WaitChannels wait_channels_;
  std::deque<std::pair<std::int64_t, std::int64_t>> own_writes_;  // when, and how much a trial asked the device for
};

/// The causes that this interference names. Rules and thresholds are in docs/what-is-timed.md:
/// stolen-cpu, other-load, writeback, disk-load, memory-pressure.
std::vector<std::string> disturbances(const Interference& interference);

}  // namespace writebench::engine
