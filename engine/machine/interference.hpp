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

/// One reading of the whole machine (proc(5)): running totals and current activity. Values that the kernel does not
/// tell are absent.
struct SystemReading {
  std::int64_t at_ns = 0;                       ///< CLOCK_MONOTONIC
  std::optional<std::int64_t> busy_ns;          ///< all processors: user and system, interrupts included
  std::optional<std::int64_t> stolen_ns;        ///< all processors
  std::optional<std::int64_t> writeback_bytes;  ///< pages under writeback now
  std::optional<std::int64_t> device_bytes;     ///< written to the device so far
  std::int64_t own_cpu_ns = 0;                  ///< this process and its finished children
};

/// Activity of the rest of the machine around one trial. Values that the kernel does not tell are absent.
struct Interference {
  std::optional<std::int64_t> stolen_ns;           ///< processor time that the hypervisor gave to others
  std::optional<std::int64_t> other_cpu_ns;        ///< processor time of other processes, all processors together
  std::optional<std::int64_t> window_ns;           ///< the window of these two: the trial and some time before it
  std::optional<std::int64_t> writeback_bytes;     ///< of others, under writeback when the trial began
  std::optional<std::int64_t> device_other_bytes;  ///< written to the device in the window by others
  /// The kernel was first seen to hold the trial because too much memory was dirty: the bytes written by then, and the
  /// time since clock on. Checked ten times a second; absent if it was not seen.
  std::optional<std::int64_t> throttled_from_bytes, throttled_from_ns;
  std::optional<PaceLoss> slow_down;               ///< of the trial itself, whatever the cause
  std::optional<std::int64_t> cpu_pressure_ns;     ///< time in the trial when some task waited for a processor (PSI)
  std::optional<std::int64_t> io_pressure_ns;      ///< likewise for the device
  std::optional<std::int64_t> memory_pressure_ns;  ///< likewise for memory
};

/// Watches the machine between trials. The kernel counts processor time in ticks of 10 ms, which is longer than many
/// trials; so each trial is judged by a window that ends with it and begins at least a quarter of a second earlier.
class InterferenceMonitor {
 public:
  /// Returns where the threads of a trial sleep: wait_channels(), except in tests.
  using WaitChannels = std::function<std::vector<std::string>(pid_t)>;

  /// The device under `directory` is the one that is watched.
  explicit InterferenceMonitor(const std::string& directory, WaitChannels channels = wait_channels);

  /// Call right before a trial begins.
  void trial_begins();

  /// Call about ten times a second between clock on and clock off: notes the progress of the trial's process, and
  /// whether the kernel holds it. `running` is the time since clock on, `written_before_bytes` what the process had
  /// written by then.
  void trial_runs(pid_t process, std::chrono::nanoseconds running, std::int64_t written_before_bytes);

  /// Call after the trial, which requested `own_device_bytes` of the device. Returns the interference without the
  /// pressures: only the trial itself can read them at its clock.
  Interference trial_ended(std::int64_t own_device_bytes);

 private:
  SystemReading read() const;

  std::optional<std::string> device_;            // major:minor of the whole disk, as in /proc/diskstats
  std::deque<SystemReading> readings_;           // oldest first
  std::vector<ProgressPoint> progress_;          // of the current trial
  std::optional<ProgressPoint> throttled_from_;  // likewise
  const WaitChannels wait_channels_;
  std::deque<std::pair<std::int64_t, std::int64_t>> own_writes_;  // when, and how many bytes a trial requested
};

/// The causes that this interference shows, from: stolen-cpu, other-load, writeback, disk-load, memory-pressure.
/// docs/what-is-timed.md has the rules and thresholds.
std::vector<std::string> disturbances(const Interference& interference);

}  // namespace writebench::engine
