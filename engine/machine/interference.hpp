#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/machine/dirty_throttle.hpp"
#include "engine/trial/sample.hpp"
#include "engine/trial/trial.hpp"

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

/// Time in which some task of the machine waited for a processor, for a device, for memory (PSI); running totals.
struct Pressure {
  std::optional<std::int64_t> cpu_ns, io_ns, memory_ns;
};

Pressure read_pressure();

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

  /// While it runs, about ten times a second: looks how far it is, and whether the kernel holds it.
  void trial_runs(const TrialUnderWay& trial);

  /// After it: what went on around it, and the causes that are worth naming.
  void trial_ended(Sample& sample);

 private:
  SystemReading read() const;

  std::optional<std::string> device_;            // major:minor of the whole disk, as in /proc/diskstats
  std::deque<SystemReading> readings_;           // oldest first
  std::vector<ProgressPoint> progress_;          // of the trial under way
  std::optional<ProgressPoint> throttled_from_;  // likewise
  const WaitChannels wait_channels_;
  std::deque<std::pair<std::int64_t, std::int64_t>> own_writes_;  // when, and how much a trial asked the device for
};

/// The causes that these interference name for a trial of that time. Rules and thresholds are in docs/what-is-timed.md:
/// stolen-cpu, other-load, writeback, disk-load, memory-pressure.
std::vector<std::string> disturbances(const Interference& interference);

}  // namespace writebench::engine
