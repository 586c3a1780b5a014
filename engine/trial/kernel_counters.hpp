#pragma once

#include "engine/trial/sample.hpp"

namespace writebench::engine {

/// Starts the peak of resident memory anew for this process; without effect where the kernel refuses.
void reset_peak_rss();

/// The kernel's running totals for this process (getrusage(2), proc(5) io and status).
Cost read_counters();

/// Of this process, now.
std::optional<std::int64_t> resident_bytes();

/// The difference of the running totals; peaks are those of the later reading.
Cost difference(const Cost& from, const Cost& to);

}  // namespace writebench::engine
