#pragma once

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// Resets this process's peak of resident memory; has no effect if the kernel refuses.
void reset_peak_rss();

/// The kernel's running totals for this process and, as the caller's part, for the calling thread (getrusage(2),
/// proc(5): io, status and schedstat).
Cost read_counters();

/// Fills in the caller's part: the running totals for the calling thread.
void read_caller_counters(Cost& cost);

/// Resident memory of this process now.
std::optional<std::int64_t> resident_bytes();

/// The difference of the running totals; peaks are taken from `to`.
Cost difference(const Cost& from, const Cost& to);

}  // namespace writebench::engine
