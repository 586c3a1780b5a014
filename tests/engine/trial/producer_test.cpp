#include "engine/trial/producer.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "engine/lines/numbered_lines.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr double kMillisecond = 1e6;

// Walks the lines as a strategy would, with that much work in each append, and returns how long that is after `begin`.
double walk_ns(Producers& producers, std::uint64_t lines, steady_clock::time_point begin,
               milliseconds work = milliseconds(0)) {
  const NumberedLines content(lines);
  for (const std::string_view line : Lines(content, {0, 1, lines}, producers.next(lines))) {
    static_cast<void>(line);
    if (work.count() > 0) std::this_thread::sleep_for(work);
  }
  return static_cast<double>(std::chrono::nanoseconds(steady_clock::now() - begin).count());
}

TEST(Producers, ThinkBeforeEachLineAndDoNotCountThatAsStall) {
  Histogram stalls;
  const auto start = steady_clock::now();
  Producers producers({.think = milliseconds(2)}, 20, start, &stalls);
  EXPECT_GE(walk_ns(producers, 20, start), 40 * kMillisecond);
  EXPECT_LT(*stalls.distribution().percentile_ns(0.5), kMillisecond);
  EXPECT_EQ(stalls.distribution().count, 20u);
}

TEST(Producers, HandLinesOutWhenTheyAreDueAndNotBefore) {
  const auto start = steady_clock::now();
  Producers producers({.lines_per_second = 1000}, 31, start, nullptr);
  EXPECT_GE(walk_ns(producers, 31, start), 30 * kMillisecond);
}

TEST(Producers, CountAStallFromTheMomentALineWasDue) {
  Histogram stalls;
  const auto start = steady_clock::now();
  // A line a millisecond, and each takes three: the k-th is done 3 (k + 1) ms after the start and was due after k ms.
  Producers producers({.lines_per_second = 1000}, 20, start, &stalls);
  walk_ns(producers, 20, start, milliseconds(3));
  EXPECT_GE(static_cast<double>(stalls.distribution().max_ns), (3 * 20 - 19) * kMillisecond);
  EXPECT_GE(*stalls.distribution().percentile_ns(0.5), 0.99 * (3 * 10 - 9) * kMillisecond) << "no coordinated omission";
}

TEST(Producers, ShareTheRateSoThatAllEndTogether) {
  const auto start = steady_clock::now();
  Producers producers({.lines_per_second = 1000}, 40, start, nullptr);
  // Half of the lines: one every two milliseconds.
  EXPECT_GE(walk_ns(producers, 20, start), 38 * kMillisecond);
}

TEST(Producers, HandABurstOutAtOnce) {
  Histogram stalls;
  const auto start = steady_clock::now();
  Producers producers({.lines_per_second = 1000, .burst_lines = 10}, 21, start, &stalls);
  EXPECT_GE(walk_ns(producers, 21, start, milliseconds(1)), 20 * kMillisecond);
  // Due together, they wait for each other: the tenth of a burst for ten appends of a millisecond.
  EXPECT_GE(static_cast<double>(stalls.distribution().max_ns), 10 * kMillisecond);
}

}  // namespace
}  // namespace writebench::engine
