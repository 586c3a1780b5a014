#include "engine/trial/producer.hpp"

#include <cmath>
#include <memory>
#include <thread>

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

void be_busy_until(Clock::time_point end) {
  while (Clock::now() < end) {
  }
}

// Sleeping ends tens of microseconds late (timer slack and the wake-up itself), so the rest is a busy wait.
void wait_until(Clock::time_point end) {
  constexpr std::chrono::microseconds kSleepIsLateBy{200};
  if (end - Clock::now() > 2 * kSleepIsLateBy) std::this_thread::sleep_until(end - kSleepIsLateBy);
  be_busy_until(end);
}

}  // namespace

/// The schedule of one producer. Its k-th line is due in proportion to its share of all lines, so that all producers
/// end together; a producer that is late gets its line at once. A stall counts from when the line was due, not from
/// when the producer asked for it: a writer that is held cannot hide the lines that queue up behind it (coordinated
/// omission).
class Producers::Producer final : public LineObserver {
 public:
  Producer(Producers& all, std::uint64_t lines)
      : all_(all),
        interval_ns_(all.pace_.lines_per_second > 0
                         ? 1e9 / all.pace_.lines_per_second * static_cast<double>(all.total_lines_) /
                               static_cast<double>(lines == 0 ? 1 : lines)
                         : 0) {}

  void line_is_due() override {
    if (all_.pace_.think.count() > 0) be_busy_until(Clock::now() + all_.pace_.think);
    if (interval_ns_ > 0) {
      const std::uint64_t in_time = line_ - line_ % all_.pace_.burst_lines;
      due_ = all_.start_ + std::chrono::nanoseconds(std::llround(static_cast<double>(in_time) * interval_ns_));
      wait_until(due_);
    } else if (all_.stalls_ != nullptr) {
      due_ = Clock::now();
    }
    ++line_;
  }

  void line_is_done() override {
    if (all_.stalls_ == nullptr) return;
    all_.stalls_->record(std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - due_).count());
  }

 private:
  const Producers& all_;
  const double interval_ns_;  // between two lines of this producer; 0: no schedule
  std::uint64_t line_ = 0;
  Clock::time_point due_{};
};

LineObserver* Producers::next(std::uint64_t lines) {
  const std::lock_guard lock(mutex_);
  return producers_.emplace_back(std::make_unique<Producer>(*this, lines)).get();
}

}  // namespace writebench::engine
