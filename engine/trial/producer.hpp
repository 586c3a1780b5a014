#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "engine/lines/workload.hpp"
#include "engine/trial/histogram.hpp"
#include "writebench/lines.hpp"

namespace writebench::engine {

/// Sits between the producers of a trial and their lines: sets the pace, and times how long each append holds its
/// producer. Any thread may call next().
class Producers {
 public:
  /// If `stalls` is null, nothing is timed. `total_lines` is that of the job. `start` is read when the first line is
  /// due, which is after clock on.
  Producers(const Pace& pace, std::uint64_t total_lines, const std::chrono::steady_clock::time_point& start,
            Histogram* stalls)
      : pace_(pace), total_lines_(total_lines), start_(start), stalls_(stalls) {}

  /// An observer for a producer of `lines` lines; this object owns it.
  LineObserver* next(std::uint64_t lines);

 private:
  class Producer;

  const Pace pace_;
  const std::uint64_t total_lines_;
  const std::chrono::steady_clock::time_point& start_;
  Histogram* const stalls_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<LineObserver>> producers_;
};

}  // namespace writebench::engine
