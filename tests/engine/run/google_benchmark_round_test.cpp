#include "engine/run/google_benchmark_round.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace writebench::engine {
namespace {

TEST(Round, RunsEachEntryOnceInOrderAndReturnsItsSeconds) {
  std::string order;
  std::vector<RoundEntry> entries;
  for (const char name : {'c', 'a', 'b'}) {
    entries.push_back({std::string(1, name), [&order, name] {
                         order += name;
                         return 0.001 * static_cast<double>(name);
                       }});
  }
  EXPECT_EQ(run_round(entries), (std::vector<double>{0.099, 0.097, 0.098}));
  EXPECT_EQ(order, "cab");
  EXPECT_EQ(run_round(entries).size(), 3u) << "a second round starts afresh";
  EXPECT_EQ(order, "cabcab");
}

TEST(Round, OfNothingIsNothing) { EXPECT_TRUE(run_round({}).empty()); }

TEST(Round, IsNotMovedByTheUsersBenchmarkVariables) {
  ::setenv("BENCHMARK_REPETITIONS", "5", 1);
  int runs = 0;
  EXPECT_EQ(run_round({{"once", [&] { return static_cast<double>(++runs); }}}), std::vector<double>{1.0});
  ::unsetenv("BENCHMARK_REPETITIONS");
}

TEST(Round, LetsAnErrorThroughAndRunsNothingAfterIt) {
  int later = 0;
  const std::vector<RoundEntry> entries{{"bad", []() -> double { throw std::runtime_error("scratch is gone"); }},
                                        {"later", [&] { return static_cast<double>(++later); }}};
  EXPECT_THROW(run_round(entries), std::runtime_error);
  EXPECT_EQ(later, 0);
}

TEST(Round, TakesAnEntryWithoutATime) {
  EXPECT_EQ(run_round({{"failed", [] { return 0.0; }}}).size(), 1u);
}

}  // namespace
}  // namespace writebench::engine
