#include "engine/trial/producer.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

namespace writebench::engine {

using std::chrono::nanoseconds;

/// The schedule of one producer. Its k-th line is due in proportion to its share of all lines, so that all producers
/// end together; a producer that is late gets its line at once.
///
/// A stall counts from the moment at which the line would have come if no earlier append had held the producer. So a
/// writer that is held cannot hide the lines that queue up behind it (coordinated omission), and what the timer is late
/// by is no stall: it is recorded apart.
class Producers::Producer final : public LineObserver {
 public:
  Producer(Producers& all, std::uint64_t lines)
      : all_(all),
        lines_(lines),
        interval_ns_(all.pace_.lines_per_second > 0
                         ? 1e9 / all.pace_.lines_per_second * static_cast<double>(all.total_lines_) /
                               static_cast<double>(lines == 0 ? 1 : lines)
                         : 0) {}

  void line_is_due() override {
    if (interval_ns_ > 0 && line_ == 0) ++*all_.waiting_.threads;
    if (const auto moment = begin_line()) {
      const auto lateness = may_spin() ? std::optional(all_.waiting_.lateness) : std::nullopt;
      hand_out(free_ = wait_until(clock(), ready_, *moment, lateness));
    }
    if (interval_ns_ > 0 && line_ == lines_) --*all_.waiting_.threads;
  }

  std::optional<Moment> line_to_await() override {
    if (interval_ns_ > 0) interrupt_await(clock());
    const std::optional<Moment> moment = begin_line();
    if (moment) begin_await(clock());
    return moment;
  }

  void line_has_come() override {
    end_await(clock());
    hand_out(free_ = clock().now());
  }

  void line_is_done() override {
    if (all_.times_.stalls == nullptr) return;
    all_.times_.stalls->record(nanoseconds((all_.pace_.any() ? clock().now() : Clock::now()) - begun_).count());
  }

 private:
  using Clock = std::chrono::steady_clock;

  // Thinks, and returns when the next line is due; no value if that was before.
  std::optional<Moment> begin_line() {
    if (!all_.pace_.any()) {
      begun_ = Clock::now();
      return std::nullopt;
    }
    const Moment asked = clock().now();
    if (line_ == 0) free_ = asked;
    const bool thinks = all_.pace_.think.count() > 0;
    ready_ = thinks ? spin_until(clock(), asked, asked + all_.pace_.think) : asked;
    if (interval_ns_ > 0) {
      const std::uint64_t in_time = line_ - line_ % all_.pace_.burst_lines;
      due_ = all_.start_ + nanoseconds(std::llround(static_cast<double>(in_time) * interval_ns_));
      held_ = std::max(asked - std::max(due_, free_), nanoseconds(0));
    }
    ++line_;
    if (interval_ns_ > 0 && ready_ < due_) return due_;
    if (thinks) free_ = ready_;
    hand_out(ready_);
    return std::nullopt;
  }

  PaceClock& clock() const { return all_.waiting_.clock; }

  // A thread that spins where it is not the only one to want a processor takes it from whoever could write.
  bool may_spin() const { return *all_.waiting_.threads < all_.waiting_.processors; }

  void hand_out(Moment now) {
    begun_ = now - held_;
    if (interval_ns_ > 0 && all_.times_.pace_late != nullptr) {
      all_.times_.pace_late->record(nanoseconds(begun_ - due_).count());
    }
  }

  Producers& all_;
  const std::uint64_t lines_;
  const double interval_ns_;  // between two lines of this producer; 0: no schedule
  std::uint64_t line_ = 0;
  Moment ready_{};  // to take the next line
  Moment due_{};
  Moment free_{};        // until then no append held the producer: it waited, or thought
  nanoseconds held_{0};  // how long an append kept the producer from a line that was due
  Moment begun_{};       // the stall counts from here
};

LineObserver* Producers::next(std::uint64_t lines) {
  const std::lock_guard lock(mutex_);
  return producers_.emplace_back(std::make_unique<Producer>(*this, lines)).get();
}

}  // namespace writebench::engine
