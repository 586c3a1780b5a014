#include "reports/ranking.hpp"

#include <gtest/gtest.h>

#include <random>
#include <tuple>

namespace writebench::reports {
namespace {

using engine::Cell;

Cell ranked_cell(const std::string& id, Order order = Order::kGlobal, Role role = Role::kStrategy) {
  Cell cell;
  cell.id = id;
  cell.strategy.name = id;
  cell.strategy.role = role;
  cell.strategy.contract.order = order;
  return cell;
}

void add(Cell& cell, int round, double time_ns, bool disturbed = false) {
  engine::Sample sample;
  sample.round = round;
  sample.outcome = engine::Outcome::kOk;
  sample.drained_ns = static_cast<std::int64_t>(time_ns);
  if (disturbed) sample.disturbances = {"other-load"};
  cell.add(sample);
}

Cell steady(const std::string& id, int trials, double time_ns) {
  Cell cell = ranked_cell(id);
  for (int round = 0; round < trials; ++round) add(cell, round, time_ns);
  return cell;
}

TEST(Ranking, SaysSlowerOnlyBeyondItsMargin) {
  const Cell base = steady("base", 30, 1e6);
  EXPECT_EQ(compare(steady("same", 30, 1e6), base), PairVerdict::kTied);
  EXPECT_EQ(compare(steady("hardly", 30, 1.02e6), base), PairVerdict::kTied);
  EXPECT_EQ(compare(steady("slower", 30, 1.04e6), base), PairVerdict::kSlower);
  EXPECT_EQ(compare(base, steady("slower", 30, 1.04e6)), PairVerdict::kFaster);
}

TEST(Ranking, DoesNotRankTimesThatAPaceFixes) {
  std::vector<Cell> cells;
  for (const auto& [id, time_ns, stall_ns] : {std::tuple{"fast", 1e6, 900}, {"slow", 2e6, 100}, {"unknown", 3e6, 0}}) {
    cells.push_back(steady(id, 30, time_ns));
    cells.back().workload.pace.lines_per_second = 1000;
    if (stall_ns > 0)
      cells.back().caller_stall = {.buckets = {{stall_ns, stall_ns, 100}}, .count = 100, .max_ns = stall_ns};
  }
  cells.push_back(steady("free", 30, 5e6));
  const std::vector<Group> groups = rank(cells);
  ASSERT_EQ(groups.size(), 2u);
  EXPECT_TRUE(groups[0].paced);
  EXPECT_FALSE(groups[0].ranked());
  std::vector<std::string> order;
  for (const Ranked& ranked : groups[0].cells) {
    order.push_back(cells[ranked.cell].id);
    EXPECT_TRUE(ranked.tied_with.empty());
  }
  EXPECT_EQ(order, (std::vector<std::string>{"slow", "fast", "unknown"})) << "by their stalls";
  EXPECT_TRUE(groups[1].ranked());
}

TEST(Ranking, NeedsMoreOfFewPairs) {
  for (const int trials : {3, 9}) {
    EXPECT_EQ(compare(steady("a", trials, 1.2e6), steady("b", trials, 1e6)), PairVerdict::kTied) << trials;
    EXPECT_EQ(compare(steady("a", trials, 1.3e6), steady("b", trials, 1e6)), PairVerdict::kSlower) << trials;
  }
  EXPECT_EQ(compare(steady("a", 1, 1.9e6), steady("b", 1, 1e6)), PairVerdict::kTied);
  EXPECT_EQ(compare(steady("a", 1, 2.1e6), steady("b", 1, 1e6)), PairVerdict::kSlower);
  EXPECT_EQ(compare(steady("a", 0, 1), steady("b", 30, 1e6)), PairVerdict::kTied);
}

TEST(Ranking, LooksAtPairsOfTheSameRoundAlone) {
  Cell a = ranked_cell("a");
  Cell b = ranked_cell("b");
  for (int round = 0; round < 20; ++round) {
    const double weather = round < 10 ? 1 : 5;  // the machine is five times slower in the second half
    add(a, round, 1e6 * weather);
    if (round < 18) add(b, round, 1.1e6 * weather);
  }
  EXPECT_EQ(compare(b, a), PairVerdict::kSlower);
}

TEST(Ranking, AsksMoreWhereMostPairsWereDisturbed) {
  Cell a = ranked_cell("a");
  Cell b = ranked_cell("b");
  for (int round = 0; round < 30; ++round) {
    add(a, round, 1e6);
    add(b, round, 1.15e6, true);
  }
  EXPECT_EQ(compare(b, a), PairVerdict::kTied);
}

TEST(Ranking, TiesTwinsWhateverTheNoise) {
  std::mt19937_64 random(7);
  for (const double sigma : {0.01, 0.05, 0.2, 1.0}) {
    std::lognormal_distribution<double> noise(0, sigma);
    int ranked = 0;
    for (int run = 0; run < 2000; ++run) {
      Cell a = ranked_cell("a");
      Cell b = ranked_cell("a#2");
      const int trials = 3 + run % 60;
      for (int round = 0; round < trials; ++round) {
        add(a, round, 1e6 * noise(random));
        add(b, round, 1e6 * noise(random));
      }
      ranked += compare(a, b) != PairVerdict::kTied;
    }
    // With 3 to 9 pairs of noise as wide as the values themselves chance can put all on one side; else hardly ever.
    EXPECT_LE(ranked, sigma < 0.5 ? 10 : 60) << sigma;
  }
}

TEST(Ranking, NeverGoesBackDownATable) {
  std::mt19937_64 random(11);
  for (int run = 0; run < 200; ++run) {
    std::vector<Cell> cells;
    for (const char* name : {"a", "b", "c", "d", "e", "f"}) {
      cells.push_back(ranked_cell(name));
      std::lognormal_distribution<double> noise(0, std::uniform_real_distribution<double>(0.01, 0.5)(random));
      const double time = 1e6 * std::uniform_real_distribution<double>(1, 1.3)(random);
      const int trials = 3 + static_cast<int>(random() % 60);
      for (int round = 0; round < trials; ++round) add(cells.back(), round, time * noise(random));
    }
    const Group group = rank(cells).front();
    std::size_t leader = 0;
    for (std::size_t i = 0; i < group.cells.size(); ++i) {
      if (group.cells[i].rank == i + 1) leader = i;
      EXPECT_EQ(group.cells[i].rank, leader + 1) << "the place of the row above, or its own";
      const bool slower =
          i > 0 && compare(cells[group.cells[i].cell], cells[group.cells[leader].cell]) == PairVerdict::kSlower;
      EXPECT_FALSE(slower && leader != i) << "is not in the place of one that is faster beyond doubt";
      const auto others = std::count_if(group.cells.begin(), group.cells.end(),
                                        [&](const Ranked& other) { return other.rank == group.cells[i].rank; });
      EXPECT_EQ(group.cells[i].tied_with.size() + 1, static_cast<std::size_t>(others));
    }
  }
}

TEST(Ranking, GroupsByContractAndCountsWhoIsFaster) {
  std::vector<Cell> cells{steady("slow", 20, 3e6), steady("fast", 20, 1e6), steady("fast-too", 20, 1.01e6)};
  cells.push_back(ranked_cell("per-writer", Order::kPerWriter));
  add(cells.back(), 0, 5);
  cells.push_back(ranked_cell("control", Order::kNothing, Role::kControl));
  add(cells.back(), 0, 1);
  cells.push_back(ranked_cell("failed"));
  const auto groups = rank(cells);
  ASSERT_EQ(groups.size(), 3u);
  ASSERT_EQ(groups[0].cells.size(), 3u);
  EXPECT_EQ(groups[0].cells[0].cell, 1u);
  EXPECT_EQ(groups[0].cells[0].rank, 1u);
  EXPECT_EQ(groups[0].cells[0].tied_with, std::vector<std::string>{"fast-too"});
  EXPECT_EQ(groups[0].cells[1].rank, 1u);
  EXPECT_EQ(groups[0].cells[2].rank, 3u);
  EXPECT_TRUE(groups[0].cells[2].tied_with.empty());
  EXPECT_EQ(groups[1].contract.order, Order::kPerWriter);
  EXPECT_TRUE(groups[2].control);
}

TEST(Ranking, RanksNoCellThatRanOnAFractionOfTheLines) {
  std::vector<Cell> cells{steady("whole", 20, 3e6), steady("cut", 20, 1e6), steady("cut-too", 20, 2e6)};
  for (Cell& cell : cells) cell.parameters.lines = 1000;
  cells[1].asked_lines = cells[2].asked_lines = 10'000;
  for (const bool same_lines : {true, false}) {
    if (!same_lines) cells[0].parameters.lines = 10'000;
    const auto groups = rank(cells);
    ASSERT_EQ(groups.size(), 2u);
    EXPECT_TRUE(groups[0].ranked());
    EXPECT_EQ(groups[0].cells.size(), 1u);
    EXPECT_FALSE(groups[1].ranked());
    EXPECT_EQ(groups[1].cells.size(), 2u);
  }
}

}  // namespace
}  // namespace writebench::reports
