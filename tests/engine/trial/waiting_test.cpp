#include "engine/trial/waiting.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "tests/engine/trial/fake_pace_clock.hpp"

namespace writebench::engine {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

// What a wait adds to the account of the calling thread.
template <class Wait>
WaitCost cost_of(Wait wait) {
  const WaitCost before = wait_cost_of_thread();
  wait();
  const WaitCost after = wait_cost_of_thread();
  return {after.user_ns - before.user_ns, after.system_ns - before.system_ns};
}

TEST(Waiting, SleepsUntilItsLatenessBeforeAndSpinsTheRest) {
  FakePaceClock clock;
  const auto end = clock.peek() + microseconds(500);
  PaceClock::Moment stopped{};
  const WaitCost cost = cost_of([&] { stopped = wait_until(clock, clock.now(), end, microseconds(100)); });
  EXPECT_EQ(clock.sleeps, 1);
  EXPECT_GE(stopped, end);
  EXPECT_LE(stopped, end + FakePaceClock::kStep);
  EXPECT_EQ(cost.system_ns, FakePaceClock::kSleepCosts.count());
  EXPECT_NEAR(static_cast<double>(cost.user_ns), 40'000, 60) << "it woke 60 us late of 100";
}

TEST(Waiting, OnlySpinsIfTheMomentIsNear) {
  FakePaceClock clock;
  const auto end = clock.peek() + microseconds(80);
  const WaitCost cost = cost_of([&] { wait_until(clock, clock.now(), end, microseconds(100)); });
  EXPECT_EQ(clock.sleeps, 0);
  EXPECT_NEAR(static_cast<double>(cost.user_ns), 80'000, 60);
}

TEST(Waiting, OnlySleepsWithoutALateness) {
  FakePaceClock clock;
  const auto end = clock.peek() + microseconds(80);
  PaceClock::Moment stopped{};
  const WaitCost cost = cost_of([&] { stopped = wait_until(clock, clock.now(), end, std::nullopt); });
  EXPECT_EQ(clock.sleeps, 1);
  EXPECT_GE(stopped, end + clock.late);
  EXPECT_EQ(cost.user_ns, 0);
  EXPECT_EQ(cost.system_ns, FakePaceClock::kSleepCosts.count());
}

// At the tenth reading something else gets the processor for a while.
class Displaced final : public PaceClock {
 public:
  Moment now() override {
    if (++readings_ == 10) clock_.lose(microseconds(300));
    return clock_.now();
  }
  nanoseconds processor_time() override { return clock_.processor_time(); }
  nanoseconds reading_takes() override { return clock_.reading_takes(); }
  FakePaceClock clock_;

 private:
  int readings_ = 0;
};

TEST(Waiting, DoesNotCountAsSpinningWhatSomethingElseRan) {
  Displaced clock;
  const auto end = clock.clock_.peek() + microseconds(500);
  const WaitCost cost = cost_of([&] { spin_until(clock, clock.now(), end); });
  EXPECT_NEAR(static_cast<double>(cost.user_ns), 200'000, 60);
}

// The processor time of a wait that nobody counts, in steps of the clock.
template <class Wait>
std::int64_t steps_not_counted(FakePaceClock& clock, Wait wait) {
  const nanoseconds before = clock.processor_time();
  const WaitCost cost = cost_of(wait);
  const nanoseconds used = clock.processor_time() - clock.reading_takes() - before;
  return (used.count() - cost.user_ns - cost.system_ns) / FakePaceClock::kStep.count();
}

TEST(Waiting, CountsWhatReadingTheProcessorTimeTakes) {
  FakePaceClock clock;
  clock.reading = nanoseconds(700);
  const auto end = [&] { return clock.peek() + microseconds(500); };
  EXPECT_LE(steps_not_counted(clock, [&] { wait_until(clock, clock.now(), end(), microseconds(100)); }), 5);
  EXPECT_LE(steps_not_counted(clock, [&] { wait_until(clock, clock.now(), end(), std::nullopt); }), 5);
  EXPECT_LE(steps_not_counted(clock, [&] { spin_until(clock, clock.now(), end()); }), 5);
  const auto await = [&] {
    begin_await(clock);
    clock.pass(microseconds(10));
    end_await(clock);
  };
  EXPECT_EQ(steps_not_counted(clock, await), 0);
  const auto await_beside_others = [&] {
    begin_await(clock);
    interrupt_await(clock);
    end_await(clock);
  };
  EXPECT_EQ(steps_not_counted(clock, await_beside_others), 0);
}

TEST(Waiting, IsCountedForTheThreadThatWaitedAndForTheProcess) {
  const std::int64_t before = wait_cost_of_process().user_ns;
  const WaitCost here = cost_of([&] {
    std::thread([] {
      FakePaceClock clock;
      EXPECT_GE(cost_of([&] { spin_until(clock, clock.now(), clock.peek() + microseconds(50)); }).user_ns, 49'000);
    }).join();
  });
  EXPECT_EQ(here.user_ns, 0);
  EXPECT_GE(wait_cost_of_process().user_ns - before, 49'000);
}

// Every tenth sleep is late by a millisecond, or whatever it is told.
class SometimesLate final : public PaceClock {
 public:
  explicit SometimesLate(int every, nanoseconds by) : every_(every), by_(by) {}
  Moment now() override { return clock_.now(); }
  void sleep_until(Moment moment) override {
    clock_.late = ++sleeps_ % every_ == 0 ? by_ : microseconds(60);
    clock_.sleep_until(moment);
  }

 private:
  FakePaceClock clock_;
  int every_;
  nanoseconds by_;
  int sleeps_ = 0;
};

TEST(TimerLateness, IsAHighPercentileWithinABound) {
  const auto lateness = [](int every, nanoseconds by) {
    SometimesLate clock(every, by);
    return measured_timer_lateness(clock);
  };
  const nanoseconds usual = lateness(100, std::chrono::milliseconds(50));
  EXPECT_GE(usual, microseconds(60)) << "one sleep in a hundred does not matter";
  EXPECT_LE(usual, microseconds(61));
  EXPECT_GE(lateness(10, microseconds(900)), microseconds(900));
  EXPECT_EQ(lateness(10, std::chrono::seconds(1)), std::chrono::milliseconds(2));
}

}  // namespace
}  // namespace writebench::engine
