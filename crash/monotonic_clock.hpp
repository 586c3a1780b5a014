#pragma once

#include <chrono>
#include <cstdint>

namespace writebench::crash {

/// CLOCK_MONOTONIC, which is the same for all processes.
inline std::int64_t monotonic_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace writebench::crash
