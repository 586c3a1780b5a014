#include "engine/run/schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace writebench::engine {
namespace {

using std::chrono::seconds;
using Kind = Round::Kind;
using Indices = std::vector<std::size_t>;

// Runs a schedule against invented durations.
struct Played {
  std::vector<Round> rounds;
  std::vector<std::size_t> warm_ups, trials, stalls;  // per cell
  std::chrono::nanoseconds end{0};

  std::vector<Indices> measured() const {
    std::vector<Indices> orders;
    for (const Round& round : rounds) {
      if (round.kind == Kind::kMeasure) orders.push_back(round.order);
    }
    return orders;
  }
};

// After `enough` stall trials a cell has its percentiles.
Played play(const Plan& plan, const std::vector<std::chrono::nanoseconds>& durations, std::size_t enough = 0) {
  Schedule schedule(plan, durations.size());
  const std::vector<std::size_t> none(durations.size(), 0);
  Played played{{}, none, none, none, seconds(0)};
  while (true) {
    const Round round = schedule.next_round(played.end);
    if (round.order.empty()) return played;
    played.rounds.push_back(round);
    for (const std::size_t cell : round.order) {
      if (!schedule.affordable(cell, round.kind, played.end)) continue;
      played.end += durations[cell];
      schedule.ran(cell, round.kind, durations[cell]);
      ++(round.kind == Kind::kWarmUp  ? played.warm_ups
         : round.kind == Kind::kStall ? played.stalls
                                      : played.trials)[cell];
      schedule.set_enough_stalls(cell, played.stalls[cell] >= enough);
    }
  }
}

Plan exactly(std::size_t trials) {
  return {.warm_up_trials = 0, .min_trials = trials, .max_trials = trials, .stall_trials = 0, .budget = {}};
}

TEST(Schedule, GivesEveryCellItsTrialsWithoutABudget) {
  const Played played = play(exactly(7), {seconds(1), seconds(100), seconds(3)});
  EXPECT_EQ(played.trials, (Indices{7, 7, 7}));
  EXPECT_EQ(played.rounds.size(), 7u);
}

TEST(Schedule, WarmsUpFirstInTheOrderOfTheCellsAndTimesTheStallsOnceAllHaveTheirMinimum) {
  const Played played = play({.warm_up_trials = 2, .min_trials = 3, .max_trials = 5, .stall_trials = 1, .budget = {}},
                             {seconds(1), seconds(1), seconds(1)});
  std::string kinds;
  for (const Round& round : played.rounds)
    kinds += round.kind == Kind::kWarmUp ? 'w' : round.kind == Kind::kStall ? 's' : 'm';
  EXPECT_EQ(kinds, "wwmmmsmm");
  EXPECT_EQ(played.rounds[0].order, (Indices{0, 1, 2}));
}

TEST(Schedule, GivesACellMoreStallTrialsUntilItHasItsPercentilesButNoMoreThanItsMeasuredOnes) {
  const Plan plan{.min_trials = 3, .max_trials = 30, .stall_trials = 1, .max_stall_trials = 100, .budget = {}};
  const std::vector<std::chrono::nanoseconds> one{seconds(1)};
  EXPECT_EQ(play(plan, one, 1).stalls, Indices{1});
  EXPECT_EQ(play(plan, one, 12).stalls, Indices{12});
  EXPECT_EQ(play(plan, one, 1000).stalls, Indices{30}) << "as many as it has measured trials";
  Plan typed = plan;
  typed.stall_trials = typed.max_stall_trials = 2;
  EXPECT_EQ(play(typed, one, 12).stalls, Indices{2});
  typed.stall_trials = 0;
  EXPECT_EQ(play(typed, one, 12).stalls, Indices{0});
}

TEST(Schedule, GivesMoreStallTrialsOnlyIfTheBudgetAllows) {
  const Played played = play({.budget = seconds(60)}, {seconds(1), seconds(10)}, 1000);
  EXPECT_LE(played.end, seconds(60));
  EXPECT_EQ(played.trials[1], 3u) << "its minimum comes first";
  EXPECT_GE(played.stalls[0], 3u);
  EXPECT_EQ(played.stalls[1], 1u);
}

TEST(Schedule, StaysWithinTheBudgetAndSavesTheMinimumOfTheSlowFromTheFast) {
  const Played played =
      play({.max_trials = 1000, .budget = seconds(70)}, {std::chrono::milliseconds(10), seconds(1), seconds(12)});
  EXPECT_LE(played.end, seconds(70));
  EXPECT_EQ(played.trials[2], 3u);
  EXPECT_EQ(played.stalls, (Indices{1, 1, 1}));
  EXPECT_GE(played.trials[0], 3u);
}

TEST(Schedule, GivesEachCellOneTrialHoweverSmallTheBudget) {
  const Played played = play({.budget = seconds(1)}, {seconds(5), seconds(5), seconds(50)});
  EXPECT_EQ(played.trials, (Indices{1, 1, 1}));
  EXPECT_EQ(played.stalls, (Indices{0, 0, 0}));
}

TEST(Schedule, LetsTheSlowWaitForTheFastOnceAllHaveTheirMinimum) {
  const Played played = play({.warm_up_trials = 0, .max_trials = 50, .stall_trials = 0, .budget = seconds(60)},
                             {std::chrono::milliseconds(10), std::chrono::milliseconds(20), seconds(3)});
  EXPECT_EQ(played.trials[0], 50u);
  EXPECT_EQ(played.trials[1], 50u);
  EXPECT_GE(played.trials[2], 18u) << "and then it has the rest of the budget";
  EXPECT_LE(played.end, seconds(60));
}

TEST(Schedule, TakesTheSlowAlongForFortyRoundsIfTheyKeepToTheirShareOfTheBudget) {
  const auto in_common = [](std::chrono::nanoseconds slow) {
    Indices sizes;
    for (const Indices& order :
         play({.warm_up_trials = 0, .stall_trials = 0, .budget = seconds(60)}, {std::chrono::milliseconds(10), slow})
             .measured()) {
      sizes.push_back(order.size());
    }
    return std::find(sizes.begin(), sizes.end(), 1u) - sizes.begin();
  };
  EXPECT_EQ(in_common(std::chrono::milliseconds(500)), std::ptrdiff_t{kCommonRounds});
  EXPECT_EQ(in_common(seconds(3)), 30 / 3) << "half of 60 s";
}

// For how many rounds a cell is measured beside another that stays imprecise.
std::size_t rounds_of_a_precise_cell(const Plan& plan) {
  Schedule schedule(plan, 2);
  schedule.set_converged(0, true);
  for (std::size_t rounds = 0;; ++rounds) {
    const Round next = schedule.next_round(seconds(0));
    if (next.order != Indices{0, 1} && next.order != Indices{1, 0}) return rounds;
    for (const std::size_t cell : next.order) schedule.ran(cell, next.kind, seconds(1));
  }
}

TEST(Schedule, StopsACellThatIsPreciseEnoughButNotBeforeItsMinimumNorBeforeForty) {
  const auto plan = [](std::size_t least, std::size_t most) {
    return Plan{.warm_up_trials = 0, .min_trials = least, .max_trials = most, .stall_trials = 0, .budget = {}};
  };
  EXPECT_EQ(rounds_of_a_precise_cell(plan(2, 99)), kCommonRounds);
  EXPECT_EQ(rounds_of_a_precise_cell(plan(50, 99)), 50u);
  EXPECT_EQ(rounds_of_a_precise_cell(plan(2, 9)), 9u);
}

TEST(Schedule, RepeatsAnOrderForItsSeedAndDiffersForAnother) {
  const std::vector<std::chrono::nanoseconds> durations(10, seconds(1));
  const Plan one = exactly(5);
  Plan two = one;
  two.seed = 2;
  EXPECT_EQ(play(one, durations).measured(), play(one, durations).measured());
  EXPECT_NE(play(one, durations).measured(), play(two, durations).measured());
}

TEST(Schedule, PutsEachCellOnceInEveryPlaceInAsManyRoundsAsThereAreCells) {
  const auto rounds = play(exactly(20), std::vector(5, std::chrono::nanoseconds(1))).measured();
  for (std::size_t block = 0; block < 20; block += 5) {
    for (std::size_t cell = 0; cell < 5; ++cell) {
      std::set<std::ptrdiff_t> places;
      for (std::size_t round = block; round < block + 5; ++round) {
        places.insert(std::find(rounds[round].begin(), rounds[round].end(), cell) - rounds[round].begin());
      }
      EXPECT_EQ(places.size(), 5u) << "cell " << cell << " from round " << block;
    }
  }
}

TEST(Schedule, LeavesADroppedCellAlone) {
  Schedule schedule(exactly(1), 2);
  schedule.drop(1);
  EXPECT_EQ(schedule.next_round(seconds(0)).order, Indices{0});
}

TEST(Schedule, TellsHowLongTheRestTakes) {
  Schedule schedule(exactly(4), 2);
  EXPECT_EQ(schedule.remaining(seconds(0)), seconds(0));
  schedule.ran(0, Kind::kMeasure, seconds(1));
  schedule.ran(1, Kind::kMeasure, seconds(10));
  EXPECT_EQ(schedule.remaining(seconds(11)), seconds(33));
}

}  // namespace
}  // namespace writebench::engine
