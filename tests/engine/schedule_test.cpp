#include "engine/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace writebench::engine {
namespace {

using std::chrono::seconds;
using Order = std::vector<std::size_t>;

// Runs a schedule against invented durations and returns the rounds' orders and, per cell, the number of trials.
struct Played {
  std::vector<Order> rounds;
  std::vector<std::size_t> trials;
  std::chrono::nanoseconds end{0};
};

Played play(const Plan& plan, const std::vector<std::chrono::nanoseconds>& durations) {
  Schedule schedule(plan, durations.size());
  Played played{{}, std::vector<std::size_t>(durations.size(), 0), seconds(0)};
  while (true) {
    const Order order = schedule.next_round(played.end);
    if (order.empty()) return played;
    played.rounds.push_back(order);
    for (const std::size_t cell : order) {
      if (!schedule.affordable(cell, played.end)) continue;
      played.end += durations[cell];
      schedule.ran(cell, durations[cell]);
      ++played.trials[cell];
    }
  }
}

TEST(Schedule, GivesEveryCellItsTrialsWithoutABudget) {
  const Played played = play({.min_trials = 7, .max_trials = 7, .budget = {}}, {seconds(1), seconds(100), seconds(3)});
  EXPECT_EQ(played.trials, (std::vector<std::size_t>{7, 7, 7}));
  EXPECT_EQ(played.rounds.size(), 7u);
}

TEST(Schedule, StaysWithinTheBudgetAndSavesTheMinimumOfTheSlowFromTheFast) {
  const Played played = play({.min_trials = 3, .max_trials = 1000, .budget = seconds(45)},
                             {std::chrono::milliseconds(10), seconds(1), seconds(12)});
  EXPECT_LE(played.end, seconds(45));
  EXPECT_EQ(played.trials[2], 3u);
  EXPECT_GE(played.trials[0], 3u);
}

TEST(Schedule, GivesEachCellOneTrialHoweverSmallTheBudget) {
  const Played played = play({.budget = seconds(1)}, {seconds(5), seconds(5), seconds(50)});
  EXPECT_EQ(played.trials, (std::vector<std::size_t>{1, 1, 1}));
}

TEST(Schedule, RepeatsAnOrderForItsSeedAndDiffersForAnother) {
  const std::vector<std::chrono::nanoseconds> durations(10, seconds(1));
  const Plan one{.min_trials = 5, .max_trials = 5, .budget = {}, .seed = 1};
  Plan two = one;
  two.seed = 2;
  EXPECT_EQ(play(one, durations).rounds, play(one, durations).rounds);
  EXPECT_NE(play(one, durations).rounds, play(two, durations).rounds);
}

TEST(Schedule, BeginsWithTheFirstCellAndThenShufflesThemAll) {
  const Played played =
      play({.min_trials = 50, .max_trials = 50, .budget = {}}, std::vector(5, std::chrono::nanoseconds(1)));
  EXPECT_EQ(played.rounds[0][0], 0u);
  std::set<std::size_t> firsts;
  for (Order round : played.rounds) {
    firsts.insert(round[0]);
    std::sort(round.begin(), round.end());
    EXPECT_EQ(round, (Order{0, 1, 2, 3, 4}));
  }
  EXPECT_EQ(firsts.size(), 5u);
}

TEST(Schedule, LeavesADroppedCellAlone) {
  Schedule schedule({}, 2);
  schedule.drop(1);
  EXPECT_EQ(schedule.next_round(seconds(0)), Order{0});
}

TEST(Schedule, TellsHowLongTheRestTakes) {
  Schedule schedule({.min_trials = 4, .max_trials = 4, .budget = {}}, 2);
  EXPECT_EQ(schedule.remaining(seconds(0)), seconds(0));
  schedule.ran(0, seconds(1));
  schedule.ran(1, seconds(10));
  EXPECT_EQ(schedule.remaining(seconds(11)), seconds(33));
}

}  // namespace
}  // namespace writebench::engine
