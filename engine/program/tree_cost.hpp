#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// The running totals of a process and all that descends from it, as /proc has them (proc(5)): those that still run,
/// and those that a living one has waited for. Absent is what the kernel withholds.
struct TreeReading {
  std::optional<std::int64_t> cpu_ns;
  std::int64_t user_ns = 0;    ///< in ticks of 10 ms, so only good for shares
  std::int64_t system_ns = 0;  ///< likewise
  std::optional<std::int64_t> minor_faults, major_faults;
  std::optional<std::int64_t> voluntary_switches, involuntary_switches;  ///< of threads that still run
  std::optional<std::int64_t> read_syscalls, write_syscalls, written_bytes, device_bytes;
  std::optional<std::int64_t> resident_bytes, peak_resident_bytes;  ///< sums over the processes
};

TreeReading read_tree(pid_t root);

/// Begins a new peak of resident memory for each process, where the kernel allows that.
void reset_peaks(pid_t root);

/// What the tree cost between two readings. `system_share` is that of its processor time, for a trial that is shorter
/// than the ticks in which the kernel tells the two apart.
Cost cost_between(const TreeReading& from, const TreeReading& to, double system_share);

}  // namespace writebench::engine
