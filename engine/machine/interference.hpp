#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/machine/block_device.hpp"
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
  std::optional<std::int64_t> throttlings;      ///< of this process's control groups, if they have a quota
  std::int64_t own_cpu_ns = 0;                  ///< this process and its finished children
  RequestedBytes requested;                     ///< likewise
};

/// What a file system itself writes to its device: for each sync beyond the data, and for each trial, which makes,
/// settles and removes a file.
struct OwnWrites {
  std::int64_t bytes_per_sync = 0;
  std::int64_t bytes_per_trial = 0;
};

/// How often a trial is run if a signal stops it each time. Then the last attempt counts.
inline constexpr std::int64_t kMostAttempts = 3;

/// Activity of the rest of the machine around one trial. Values that the kernel does not tell are absent.
struct Interference {
  std::optional<std::int64_t> stolen_ns;           ///< processor time that the hypervisor gave to others
  std::optional<std::int64_t> other_cpu_ns;        ///< processor time of other processes, all processors together
  std::optional<std::int64_t> window_ns;           ///< the window of these two: the trial and some time before it
  std::optional<std::int64_t> writeback_bytes;     ///< of others, under writeback when the trial began
  std::optional<std::int64_t> device_other_bytes;  ///< written to the device in the window by others
  std::optional<std::int64_t> throttlings;         ///< how often in the trial a control group's quota was used up
  /// The kernel was first seen to hold the trial because too much memory was dirty: the bytes written by then, and the
  /// time since clock on. Checked ten times a second; absent if it was not seen.
  std::optional<std::int64_t> throttled_from_bytes, throttled_from_ns;
  std::optional<PaceLoss> slow_down;               ///< of the trial itself, whatever the cause
  std::optional<std::int64_t> cpu_pressure_ns;     ///< time in the trial when some task waited for a processor (PSI)
  std::optional<std::int64_t> io_pressure_ns;      ///< likewise for the device
  std::optional<std::int64_t> memory_pressure_ns;  ///< likewise for memory
  /// How many attempts at the trial a signal stopped while the clock ran (SIGSTOP, Ctrl-Z); absent if none.
  std::optional<std::int64_t> stopped_attempts;
};

/// The counter of /proc/PID/io that says how much a process has written.
enum class WriteCounter {
  kWritten,  ///< wchar: what it has given to write(2) and its family
  kDirtied,  ///< write_bytes: what it has made dirty or sent to a device, for writes that take another way
};

/// How much a process had written at clock on.
struct WrittenBefore {
  WriteCounter counter = WriteCounter::kWritten;
  std::int64_t bytes = 0;
};

/// Watches the machine between trials. The kernel counts processor time in ticks of 10 ms, which is longer than many
/// trials; so each trial is judged by a window that ends with it and begins at least a quarter of a second earlier.
class InterferenceMonitor {
 public:
  /// What the monitor reads; tests replace it.
  struct Sources {
    std::function<SystemReading()> system;
    std::function<RequestedBytes()> requested = requested_bytes;
    std::function<std::vector<std::string>(pid_t)> wait_channels = engine::wait_channels;
  };

  /// Watches the device under `directory`. `own` is what the trials cause on that device besides their data.
  explicit InterferenceMonitor(const std::string& directory, OwnWrites own = {});
  InterferenceMonitor(Sources sources, OwnWrites own);

  /// Call right before a trial begins.
  void trial_begins();

  /// Call about ten times a second between clock on and clock off: notes the progress of the trial's process, and
  /// whether the kernel holds it. `running` is the time since clock on.
  void trial_runs(pid_t process, std::chrono::nanoseconds running, const WrittenBefore& before);

  /// Call right after the trial, when its process has been waited for. `syncs` is how often it synced.
  void trial_ended(std::uint64_t syncs);

  /// The interference of the trial that ended last, without the pressures: only the trial itself can read them at its
  /// clock. Call it when the trial's files are removed and closed: only then is it known how much of what the trial
  /// wrote never reached the device.
  Interference of_last_trial() const;

 private:
  struct Reading {
    SystemReading system;
    std::int64_t own_bytes = 0;  // running total of what the trials caused on the device besides their data
  };

  const Sources sources_;
  const OwnWrites own_;
  std::deque<Reading> readings_;                 // one before each trial, oldest first
  Reading ended_;                                // after the last trial
  std::int64_t own_bytes_ = 0;                   // as Reading's
  std::vector<ProgressPoint> progress_;          // of the current trial
  std::optional<ProgressPoint> throttled_from_;  // likewise
};

/// The causes that this interference shows. docs/what-is-timed.md has the rules and thresholds.
std::vector<std::string> disturbances(const Interference& interference);

/// All causes, in the order of disturbances().
std::vector<std::string_view> disturbance_causes();

}  // namespace writebench::engine
