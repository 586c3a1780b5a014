#pragma once

#include <algorithm>
#include <chrono>

#include "engine/trial/waiting.hpp"

namespace writebench::engine {

/// Time passes by a step with every reading, and by as much as one sleeps; every sleep ends late.
class FakePaceClock final : public PaceClock {
 public:
  using nanoseconds = std::chrono::nanoseconds;

  static constexpr nanoseconds kStep{20};
  static constexpr nanoseconds kSleepCosts{3000};

  Moment now() override {
    now_ += kStep;
    processor_ += kStep;
    return now_;
  }
  void sleep_until(Moment moment) override {
    ++sleeps;
    processor_ += kSleepCosts;
    now_ = std::max(now_, moment) + late;
  }
  nanoseconds processor_time() override {
    pass(reading);
    return processor_;
  }
  nanoseconds reading_takes() override { return reading; }

  /// Work of the thread.
  void pass(nanoseconds time) {
    now_ += time;
    processor_ += time;
  }
  /// The thread has no processor.
  void lose(nanoseconds time) { now_ += time; }

  Moment peek() const { return now_; }

  nanoseconds late{60'000};
  nanoseconds reading{0};  ///< takes so much
  int sleeps = 0;

 private:
  Moment now_{std::chrono::seconds(1000)};
  nanoseconds processor_{0};
};

}  // namespace writebench::engine
