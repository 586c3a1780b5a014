#include "engine/trial/producer.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "tests/engine/trial/fake_pace_clock.hpp"

namespace writebench::engine {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// Readings of the clock pass time too; nothing here reads it so often that it matters.
constexpr double kReadings = 1000;

class ProducersTest : public testing::Test {
 protected:
  // One line after the other, with that much work in each append.
  void walk(std::uint64_t lines, nanoseconds work = nanoseconds(0), bool awaited = false) {
    const NumberedLines content(lines);
    Lines range(content, {0, 1, lines}, producers().next(lines));
    if (awaited) range = std::move(range).awaited();
    for (const std::string_view line : range) {
      static_cast<void>(line);
      if (const auto due = range.due()) {
        ++awaited_;
        if (clock_.peek() < due->moment()) clock_.lose(due->moment() - clock_.peek());
        clock_.lose(loop_is_late_);
        clock_.pass(loop_works_);
        if (meanwhile_) meanwhile_();
        due->has_come();
      }
      came_.push_back(ns_since_start());
      clock_.pass(work);
    }
  }

  Producers& producers() {
    if (!producers_) {
      producers_ = std::make_unique<Producers>(
          pace_, total_lines_, start_, ProducerTimes{&stalls_, &late_},
          Waiting{.clock = clock_, .processors = processors_, .lateness = microseconds(100)});
    }
    return *producers_;
  }

  double ns_since_start() const { return static_cast<double>(nanoseconds(clock_.peek() - start_).count()); }
  double stall(double quantile) const {
    return stalls_.distribution().unsupported_percentile_ns(quantile).value_or(-1);
  }
  double late(double quantile) const { return late_.distribution().unsupported_percentile_ns(quantile).value_or(-1); }

  FakePaceClock clock_;
  std::chrono::steady_clock::time_point start_ = clock_.peek();
  Pace pace_;
  std::uint64_t total_lines_ = 20;
  unsigned processors_ = 2;
  nanoseconds loop_is_late_{0};
  nanoseconds loop_works_{0};        // while a line is awaited
  std::function<void()> meanwhile_;  // likewise
  Histogram stalls_, late_;
  std::unique_ptr<Producers> producers_;
  std::vector<double> came_;  // when each line was handed out, after the start
  int awaited_ = 0;
};

TEST_F(ProducersTest, ThinkBeforeEachLineAndDoNotCountThatAsStall) {
  pace_.think = milliseconds(2);
  walk(10);
  EXPECT_NEAR(ns_since_start(), 20e6, 10 * kReadings);
  EXPECT_LT(stall(1), kReadings);
  EXPECT_EQ(stalls_.distribution().count, 10u);
  EXPECT_EQ(late_.distribution().count, 0u) << "there is no schedule";
}

TEST_F(ProducersTest, HandLinesOutWhenTheyAreDueAndNotBefore) {
  pace_.lines_per_second = 1000;
  walk(20);
  ASSERT_EQ(came_.size(), 20u);
  for (std::size_t line = 0; line < 20; ++line) {
    EXPECT_GE(came_[line], static_cast<double>(line) * 1e6);
    EXPECT_LE(came_[line], static_cast<double>(line) * 1e6 + kReadings);
  }
  EXPECT_EQ(clock_.sleeps, 19);
  EXPECT_LT(stall(1), kReadings);
  EXPECT_LT(late(1), kReadings) << "it woke early enough to be in time";
}

TEST_F(ProducersTest, CountAStallFromTheMomentALineWasDueIfAnAppendHeldTheProducer) {
  pace_.lines_per_second = 1000;
  // The k-th line is done 3 (k + 1) ms after the start and was due after k ms.
  walk(20, milliseconds(3));
  EXPECT_NEAR(static_cast<double>(stalls_.distribution().max_ns), (3 * 20 - 19) * 1e6, 40 * kReadings);
  EXPECT_NEAR(stall(0.5), (3 * 10 - 9) * 1e6, 0.01 * 21e6) << "no coordinated omission";
  EXPECT_LT(late(1), kReadings) << "the timer has nothing to do with it";
}

TEST_F(ProducersTest, RecordWhatTheTimerIsLateByApartFromTheStall) {
  pace_.lines_per_second = 50'000;  // a line every 20 us, and a sleep ends 60 us late
  processors_ = 1;                  // so nobody spins
  total_lines_ = 400;
  walk(400, microseconds(1));
  EXPECT_GT(clock_.sleeps, 50);
  EXPECT_LE(stall(0.5), 20'000);
  EXPECT_LE(stall(1), 10'000) << "four lines came at once, and waited for each other's appends";
  EXPECT_GE(late(0.99), 55'000);
  EXPECT_LE(late(1), 62'000);
  EXPECT_EQ(late_.distribution().count, 400u);
}

TEST_F(ProducersTest, CountBothIfBothHeldALine) {
  pace_.lines_per_second = 1000;
  processors_ = 1;
  clock_.late = milliseconds(2);
  // The first append takes 1.5 ms, so that the second line is held for 0.5 ms. The third is waited for, comes 2 ms
  // late, and with it those that were due while the timer slept.
  const NumberedLines content(20);
  int number = 0;
  for (const std::string_view line : Lines(content, {0, 1, 20}, producers().next(20))) {
    static_cast<void>(line);
    if (number++ == 0) clock_.pass(microseconds(1500));
    if (number == 5) break;
  }
  const Distribution late = late_.distribution();
  EXPECT_NEAR(static_cast<double>(late.max_ns), 2e6, kReadings);
  EXPECT_NEAR(late.unsupported_percentile_ns(0.8).value_or(0), 1e6, 2e4) << "the fourth was due 1 ms after the third";
  EXPECT_NEAR(static_cast<double>(stalls_.distribution().max_ns), 1.5e6, kReadings);
  EXPECT_NEAR(stall(0.75), 0.5e6, 1e4);
}

TEST_F(ProducersTest, SpinOnlyIfThereAreFewerThreadsThanProcessors) {
  pace_.lines_per_second = 1000;
  total_lines_ = 40;
  const auto user_ns = [&] {
    const std::int64_t before = wait_cost_of_thread().user_ns;
    walk(20);
    return wait_cost_of_thread().user_ns - before;
  };
  EXPECT_GT(user_ns(), 0) << "one thread on two processors";
  EXPECT_EQ(clock_.sleeps, 19);
  start_ = clock_.peek();
  // A second one that is in the middle of its lines.
  const NumberedLines content(20);
  Lines other(content, {0, 1, 20}, producers().next(20));
  const auto its_line = other.begin();
  static_cast<void>(its_line);
  EXPECT_EQ(user_ns(), 0);
  EXPECT_EQ(clock_.sleeps, 2 * 19);
}

TEST_F(ProducersTest, ShareTheRateSoThatAllEndTogether) {
  pace_.lines_per_second = 1000;
  total_lines_ = 40;
  walk(20);
  EXPECT_NEAR(came_.back(), 38e6, 40 * kReadings) << "half of the lines: one every two milliseconds";
}

TEST_F(ProducersTest, HandABurstOutAtOnce) {
  pace_ = {.lines_per_second = 1000, .burst_lines = 10};
  total_lines_ = 21;
  walk(21, microseconds(100));
  EXPECT_GE(ns_since_start(), 20e6);
  // Due together, they wait for each other: the tenth of a burst for ten appends.
  EXPECT_NEAR(static_cast<double>(stalls_.distribution().max_ns), 1e6, 20 * kReadings);
}

TEST_F(ProducersTest, LeaveTheWaitingToAProducerThatAwaitsItsLines) {
  pace_.lines_per_second = 1000;
  loop_is_late_ = microseconds(200);
  walk(20, microseconds(10), true);
  EXPECT_EQ(awaited_, 19) << "the first is due at once";
  EXPECT_EQ(clock_.sleeps, 0);
  EXPECT_NEAR(came_.back(), 19.2e6, kReadings);
  EXPECT_NEAR(stall(1), 10e3, kReadings) << "the append alone";
  EXPECT_NEAR(late(0.9), 200e3, 2 * kReadings) << "the loop was late, apart";
}

TEST_F(ProducersTest, CountWhatALoopUsesToAwaitALineAsWaitingUnlessAnotherTaskRan) {
  pace_.lines_per_second = 1000;
  loop_works_ = microseconds(5);
  const auto waited_ns = [&] {
    const WaitCost before = wait_cost_of_thread();
    start_ = clock_.peek();
    walk(20, microseconds(10), true);
    EXPECT_EQ(wait_cost_of_thread().user_ns, before.user_ns);
    return static_cast<double>(wait_cost_of_thread().system_ns - before.system_ns);
  };
  EXPECT_NEAR(waited_ns(), 19 * 5e3, 19 * 100) << "and not the 10 us of each append";
  const NumberedLines content(20);
  Lines other = Lines(content, {0, 1, 20}, producers().next(20)).awaited();
  auto its_line = other.begin();
  meanwhile_ = [&] { ++its_line; };
  EXPECT_EQ(waited_ns(), 0);
}

TEST_F(ProducersTest, DoNotMakeAProducerAwaitWhatIsDue) {
  pace_.lines_per_second = 1000;
  walk(20, milliseconds(3), true);
  EXPECT_EQ(awaited_, 0);
  EXPECT_NEAR(static_cast<double>(stalls_.distribution().max_ns), (3 * 20 - 19) * 1e6, 40 * kReadings);
}

TEST(Pace, KnowsWhenTheLastLineIsDue) {
  EXPECT_EQ(Pace{}.last_due(100), nanoseconds(0));
  EXPECT_EQ((Pace{.lines_per_second = 1000}).last_due(0), nanoseconds(0));
  EXPECT_EQ((Pace{.lines_per_second = 1000}).last_due(101), milliseconds(100));
  EXPECT_EQ((Pace{.lines_per_second = 1000, .burst_lines = 10}).last_due(50), milliseconds(40));
  EXPECT_EQ((Pace{.lines_per_second = 1000, .burst_lines = 100}).last_due(50), nanoseconds(0));
}

}  // namespace
}  // namespace writebench::engine
