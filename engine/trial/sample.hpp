#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/huge_pages.hpp"
#include "engine/machine/interference.hpp"

namespace writebench::engine {

/// How a trial ended.
enum class Outcome {
  kOk,
  kIncorrect,    ///< it ran but the file is wrong, so there is no time
  kFailed,       ///< it threw, crashed, or ended without a result
  kTimeout,      ///< it had to be killed
  kUnavailable,  ///< this machine lacks something that it needs
};

std::string_view to_string(Outcome outcome);

/// What one trial cost, as counted by the kernel from clock on to clock off. A value that the kernel withholds is
/// absent. A new counter is added here, in kernel_counters.cpp, in sample_fields.cpp and in the report's schema.
struct Cost {
  std::optional<std::int64_t> user_cpu_ns;           ///< all threads
  std::optional<std::int64_t> system_cpu_ns;         ///< all threads
  std::optional<std::int64_t> caller_user_cpu_ns;    ///< only the thread that called run()
  std::optional<std::int64_t> caller_system_cpu_ns;  ///< likewise
  std::optional<std::int64_t> wait_cpu_ns;           ///< of waiting for lines at a pace; not in the four above
  std::optional<std::int64_t> caller_run_delay_ns;   ///< that thread was ready to run but had no processor
  std::optional<std::int64_t> voluntary_switches;
  std::optional<std::int64_t> involuntary_switches;
  std::optional<std::int64_t> minor_faults;
  std::optional<std::int64_t> major_faults;
  std::optional<std::int64_t> read_syscalls;     ///< read(2) and its family: an event loop reads what wakes it
  std::optional<std::int64_t> write_syscalls;    ///< write(2) and its family, without syncs (Descriptor::counts_writes)
  std::optional<std::int64_t> written_bytes;     ///< passed to those calls
  std::optional<std::int64_t> device_bytes;      ///< that the storage layer must write now or later (proc(5), io)
  std::optional<std::int64_t> peak_rss_bytes;    ///< of the trial's process, from prepare() on
  std::optional<std::int64_t> rss_growth_bytes;  ///< that peak above what was resident before prepare()
};

/// What one trial measured. Times are in nanoseconds of CLOCK_MONOTONIC. trial_runner.hpp says who fills in what.
struct Sample {
  int round = 0;     ///< 0-based
  int position = 0;  ///< 0-based place in its round
  Outcome outcome = Outcome::kFailed;
  std::string detail;  ///< the reason, if the outcome is not ok

  std::optional<std::int64_t> start_ns;      ///< of an external program: until it had started, before prepare_ns
  std::optional<std::int64_t> settle_ns;     ///< waiting for earlier trials' writes to the device, before prepare()
  std::optional<std::int64_t> prepare_ns;    ///< prepare(), before the clock
  std::optional<std::int64_t> submitted_ns;  ///< from clock on until every line was accepted and the callers were free
  std::optional<std::int64_t> drained_ns;    ///< … until everything was with the kernel and the file closed
  std::optional<std::int64_t> durable_ns;    ///< … until synced; absent if no sync was asked for
  /// Of an external program whose durability asks for syncing: bytes in the kernel's cache that were not on the device
  /// when it said that it was done; 0 unless the outcome is failed. Absent if the kernel does not tell.
  std::optional<std::int64_t> unsynced_bytes;
  std::optional<std::int64_t> submission_ns;   ///< of all calls by which an asynchronous interface took work
  std::optional<std::int64_t> kernel_workers;  ///< the kernel's threads that worked for it, as seen at the end of run()
  std::optional<std::int64_t> stall_p99_ns;    ///< of the caller; only if this trial timed every append
  std::optional<std::int64_t> stall_p999_ns;   ///< likewise
  std::optional<std::int64_t> total_ns;        ///< the trial with everything around it, including verification
  Cost cost;
  Interference interference;
  double injected_slow_down = 0;  ///< share of its time by which it was slowed down on purpose, to test the gate
  bool order_unproven = false;    ///< right as a multiset, but equal lines left the order of each writer undecided
  bool copy_refused = false;      ///< the kernel refused copy_file_range(2), so the bytes were read and written instead
  std::vector<std::string> disturbances;  ///< the causes, such as "other-load"; empty if none was seen

  /// The trial's time: durable_ns if the durability asks for syncing, else drained_ns; absent unless the outcome is ok.
  std::optional<std::int64_t> time_ns() const;

  /// The part of that time in which the last sync made durable what was written: it hardly depends on the lines. 0 if
  /// there is none.
  std::int64_t last_sync_ns() const;
};

/// The samples of a cell, of which a report may have a million.
using Samples = std::vector<Sample, HugePageAllocator<Sample>>;

}  // namespace writebench::engine
