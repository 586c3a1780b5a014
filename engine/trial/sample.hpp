#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/machine/interference.hpp"

namespace writebench::engine {

/// How a trial ended.
enum class Outcome {
  kOk,
  kIncorrect,    ///< it ran, and the file is wrong: there is no time
  kFailed,       ///< it threw, crashed, or left without a result
  kTimeout,      ///< it had to be killed
  kUnavailable,  ///< it found that this machine lacks what it needs
};

std::string_view to_string(Outcome outcome);

/// What one trial cost, counted by the kernel from clock on to clock off. Absent if the kernel withholds it. A new
/// counter stands here, is read in kernel_counters.cpp, and has a line in sample_fields.cpp and in the report's schema.
struct Cost {
  std::optional<std::int64_t> user_cpu_ns;           ///< all threads
  std::optional<std::int64_t> system_cpu_ns;         ///< all threads
  std::optional<std::int64_t> caller_user_cpu_ns;    ///< the thread that called run() alone
  std::optional<std::int64_t> caller_system_cpu_ns;  ///< likewise
  std::optional<std::int64_t> caller_run_delay_ns;   ///< that thread was ready to run and had no processor
  std::optional<std::int64_t> voluntary_switches;
  std::optional<std::int64_t> involuntary_switches;
  std::optional<std::int64_t> minor_faults;
  std::optional<std::int64_t> major_faults;
  std::optional<std::int64_t> write_syscalls;  ///< write(2) and its family, the syncs not among them
  std::optional<std::int64_t> written_bytes;   ///< given to those calls
  std::optional<std::int64_t> device_bytes;    ///< that the storage layer is asked to write now or later (proc(5), io)
  std::optional<std::int64_t> peak_rss_bytes;  ///< of the trial's process, from prepare() on
  std::optional<std::int64_t> rss_growth_bytes;  ///< that peak above what was resident before prepare()
};

/// What one trial measured. Times are nanoseconds of CLOCK_MONOTONIC. The trial's process gives the times from
/// settle_ns to stall_p99_ns, the cost and the pressures; the run that started it gives everything else.
struct Sample {
  int round = 0;     ///< 0-based
  int position = 0;  ///< 0-based place in its round
  Outcome outcome = Outcome::kFailed;
  std::string detail;  ///< why, where the outcome is not ok

  std::optional<std::int64_t> settle_ns;     ///< waiting for what earlier trials left to the device, before prepare()
  std::optional<std::int64_t> prepare_ns;    ///< prepare(), before the clock
  std::optional<std::int64_t> submitted_ns;  ///< from clock on until every line was accepted and the callers were free
  std::optional<std::int64_t> drained_ns;    ///< … until everything was with the kernel and the file closed
  std::optional<std::int64_t> durable_ns;    ///< … until synced; absent when nothing asked for it
  std::optional<std::int64_t> stall_p99_ns;  ///< of the caller; only where this trial timed every append
  std::optional<std::int64_t> total_ns;      ///< the trial with everything around it, verification too
  Cost cost;
  Interference interference;
  double injected_slow_down = 0;  ///< share of its time that it was held back on purpose, to test what judges it
  bool order_unproven = false;    ///< right as a multiset, but equal lines left the order of the writers undecided
  std::vector<std::string> disturbances;  ///< the causes, such as "other-load"; empty where none was seen

  /// The trial's one time: durable where syncing was asked for, else drained; absent unless the outcome is ok.
  std::optional<std::int64_t> time_ns() const;
};

}  // namespace writebench::engine
