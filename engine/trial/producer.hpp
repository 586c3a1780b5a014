#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>

#include "engine/lines/workload.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/waiting.hpp"
#include "writebench/lines.hpp"

namespace writebench::engine {

/// How the producers of a trial wait for lines that are not due yet.
struct Waiting {
  PaceClock& clock = system_pace_clock();
  unsigned processors = 1;               ///< that the trial may use
  std::chrono::nanoseconds lateness{0};  ///< of a sleep, as measured
  /// Of threads that wait for lines which are due on a schedule. It outlives the producers, in memory that all
  /// processes with producers share; null if this process has them all.
  std::atomic<unsigned>* threads = nullptr;
};

/// What the producers of a trial record; nothing if null.
struct ProducerTimes {
  Histogram* stalls = nullptr;     ///< how long each append held its producer
  Histogram* pace_late = nullptr;  ///< at a rate: how late each line came because of the waiting, not of an append
};

/// Sits between the producers of a trial and their lines: sets the pace, and times how long each append holds its
/// producer. Any thread may call next().
class Producers {
 public:
  /// `total_lines` is that of the job. `start` is read when the first line is due, which is after clock on: keep it in
  /// memory that all processes with producers share.
  Producers(const Pace& pace, std::uint64_t total_lines, const std::chrono::steady_clock::time_point& start,
            ProducerTimes times, Waiting waiting)
      : pace_(pace), total_lines_(total_lines), start_(start), times_(times), waiting_(waiting) {
    if (waiting_.threads == nullptr) waiting_.threads = &own_waiting_threads_;
  }
  Producers(const Producers&) = delete;
  Producers& operator=(const Producers&) = delete;

  /// An observer for a producer of `lines` lines; this object owns it.
  LineObserver* next(std::uint64_t lines);

 private:
  class Producer;

  const Pace pace_;
  const std::uint64_t total_lines_;
  const std::chrono::steady_clock::time_point& start_;
  const ProducerTimes times_;
  Waiting waiting_;
  std::atomic<unsigned> own_waiting_threads_{0};
  std::mutex mutex_;
  std::deque<std::unique_ptr<LineObserver>> producers_;
};

}  // namespace writebench::engine
