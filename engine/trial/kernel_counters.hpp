#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// Resets this process's peak of resident memory; has no effect if the kernel refuses.
void reset_peak_rss();

/// Fills in the kernel's running totals that are files of proc(5) (io, status, schedstat). Reading them takes tens of
/// microseconds, so they are the first reading before the clock and the last one after it.
void read_proc_counters(Cost& cost);

/// Fills in the running totals that are one system call each (getrusage(2), clock_gettime(2)): processor time, faults
/// and switches, and the calling thread's processor time as the caller's part. Processor time is read last before the
/// clock, and first after it. It leaves out what waiting for lines has cost (waiting.hpp).
void read_usage_before_clock(Cost& cost);
void read_usage_after_clock(Cost& cost);

/// Fills in the caller's part: the running totals for the calling thread. What takes longest is read first at the begin
/// and last at the end.
void read_caller_counters_at_begin(Cost& cost);
void read_caller_counters_at_end(Cost& cost);

/// Resident memory of this process now.
std::optional<std::int64_t> resident_bytes();

/// The difference of the running totals; peaks are taken from `to`.
Cost difference(const Cost& from, const Cost& to);

/// The sum of the totals of several costs. Plain memory without pointers, so it can be in memory shared between
/// processes. Any number of threads may call add() at once.
class CostSum {
 public:
  void add(const Cost& cost);

  /// The sum of one of the totals; no value if one of the costs lacks it.
  std::optional<std::int64_t> of(std::optional<std::int64_t> Cost::*total) const;

  /// Adds every total to that of `cost`, except the caller's part. A total that one of them lacks has no value then.
  void add_others_to(Cost& cost) const;

 private:
  struct Part {
    std::atomic<std::int64_t> sum{0};
    std::atomic<bool> unknown{false};
  };

  std::array<Part, 24> parts_;  // in the order of the totals
};

/// What the harness itself adds to each total of a trial, from several empty trials at the first call, which takes
/// about a millisecond: medians, and of processor time what nine in ten do not exceed. A process that forks trials
/// calls it before.
const Cost& harness_cost();

/// The processor time of one read_caller_counters_at_end(), likewise.
std::int64_t caller_reading_ns();

/// Takes from the totals of `cost` what the harness added; none falls below 0. The caller's part must still be that of
/// the thread that read the clock: `elapsed_ns` passed, and one thread cannot have used more. `others_ns` is what the
/// harness used on other threads.
void take_out_harness(Cost& cost, const Cost& harness, std::int64_t elapsed_ns, std::int64_t others_ns);

/// Bounds the caller's processor time by the process's, since readings are not all at one moment.
void bound_caller(Cost& cost);

}  // namespace writebench::engine
