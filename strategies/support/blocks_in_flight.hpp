#pragma once

#include <algorithm>
#include <cstdint>

#include "writebench/job.hpp"

namespace writebench::strategies {

/// How many blocks of --buffer-size a strategy needs so that --queue-depth of them can be in flight: no more than all
/// lines can fill, so that a few lines do not cost the memory of many. A block of whole lines may be half empty.
inline std::uint64_t blocks_in_flight(const Job& job) {
  const std::uint64_t filled = 2 * (job.bytes() / job.value(kBufferSize)) + 1;
  const std::uint64_t most = std::max<std::uint64_t>(1, std::min(filled, job.content().lines()));
  return std::min(job.value(kBlocksInFlight), most);
}

}  // namespace writebench::strategies
