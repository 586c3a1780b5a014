#include "advise/conclude.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "advise/figures.hpp"

namespace writebench::advise {
namespace {

using reports::Advice;
using reports::Goal;
using reports::Hurdle;

constexpr std::size_t kRounds = 12;

// Trials of 1000 lines with so much processor time in each round.
engine::Cell cell(const std::string& id, const std::vector<std::int64_t>& cpu_ns) {
  engine::Cell cell;
  cell.id = cell.strategy.name = id;
  cell.parameters.lines = 1000;
  cell.bytes = 100'000;
  for (std::size_t round = 0; round < cpu_ns.size(); ++round) {
    engine::Sample sample;
    sample.round = static_cast<int>(round);
    sample.outcome = engine::Outcome::kOk;
    sample.drained_ns = 50'000'000;
    sample.cost.user_cpu_ns = cpu_ns[round];
    sample.cost.system_cpu_ns = 0;
    sample.cost.rss_growth_bytes = 100'000;
    cell.add(sample);
  }
  cell.caller_stall = {.buckets = {{100, 100, 2000}}, .count = 2000, .max_ns = 5000};
  return cell;
}

std::vector<std::int64_t> about(std::int64_t ns) {
  std::vector<std::int64_t> values;
  for (int i = 0; i < static_cast<int>(kRounds); ++i) values.push_back(ns + (i * 7 % 5 - 2) * ns / 1000);
  return values;
}

// These values in turn.
std::vector<std::int64_t> in_turn(const std::vector<std::int64_t>& ns) {
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < kRounds; ++i) values.push_back(ns[i % ns.size()]);
  return values;
}

class ConcludeTest : public testing::Test {
 protected:
  void add(const std::string& id, Effort effort, const std::vector<std::int64_t>& cpu_ns) {
    report_.cells.push_back(cell(id, cpu_ns));
    report_.advice->finalists.push_back({.cell = id, .effort = effort});
  }

  const Advice::Finalist& first() {
    conclude(report_);
    return report_.advice->finalists.front();
  }

  reports::Report report_ = [] {
    reports::Report report;
    report.advice.emplace();
    report.advice->asked.goal = Goal::kCpu;
    return report;
  }();
};

TEST_F(ConcludeTest, RecommendsTheBest) {
  add("dear", Effort::kLibraryCall, about(200'000));
  add("cheap", Effort::kKernel, about(100'000));
  EXPECT_EQ(first().cell, "cheap");
  EXPECT_TRUE(report_.advice->recommended);
  EXPECT_DOUBLE_EQ(first().figures.value_ns, 100);
  EXPECT_EQ(first().ratio.median, 0);
  const Advice::Finalist& other = report_.advice->finalists.back();
  EXPECT_FALSE(other.tied);
  EXPECT_NEAR(other.ratio.median, 2, 0.01);
  ASSERT_TRUE(other.ratio.ci95);
  EXPECT_LT(other.ratio.ci95->low, 2.01);
  EXPECT_EQ(other.rounds, kRounds);
}

TEST_F(ConcludeTest, RecommendsTheSimplestOfThoseThatAreTied) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, about(102'000));
  EXPECT_EQ(first().cell, "simple") << "2 % is nothing";
  EXPECT_TRUE(report_.advice->finalists.back().tied);
}

TEST_F(ConcludeTest, TakesTheFirstOfThoseThatAreAsSimple) {
  add("one", Effort::kLock, about(101'000));
  add("two", Effort::kLock, about(100'000));
  EXPECT_EQ(first().cell, "one");
}

TEST_F(ConcludeTest, CallsATieWhatMayBeWithinTheMargin) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, in_turn({102'000, 108'000}));
  EXPECT_EQ(first().cell, "simple") << "its median is 5 % beyond the best, its interval begins at 2 %";
}

TEST_F(ConcludeTest, CallsNoTieWhatIsBeyondAWideMarginThoughItsIntervalIsNot) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, in_turn({190'000, 260'000}));
  report_.cells.push_back(cell("null", about(200'000)));
  report_.advice->harness_cell = "null";
  EXPECT_EQ(first().cell, "complex") << "125 % beyond the best, where the margin is 100 %";
}

TEST_F(ConcludeTest, PrefersNoSimplerOneThatIsWorseBeyondTheNoise) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, about(105'000));
  EXPECT_EQ(first().cell, "complex") << "5 % in every round";
}

TEST_F(ConcludeTest, CallsATieWhatIsLittleBesideTheHarness) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, about(115'000));
  EXPECT_EQ(first().cell, "complex");
  EXPECT_DOUBLE_EQ(report_.advice->tie_margin, kTieMargin);
  report_.cells.push_back(cell("null", about(80'000)));
  report_.advice->harness_cell = "null";
  EXPECT_EQ(first().cell, "simple") << "half of 80 ns is 40 ns";
  EXPECT_DOUBLE_EQ(*report_.advice->harness_ns, 80);
  EXPECT_DOUBLE_EQ(report_.advice->tie_margin, 0.4);
  report_.advice->harness_cell = "elsewhere";
  EXPECT_THROW(conclude(report_), std::runtime_error);
}

TEST_F(ConcludeTest, CallsATieWhatLeavesTheProcessorIdleAtTheRate) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, about(3'000'000));
  report_.advice->asked.lines_per_second = 2000;
  EXPECT_EQ(first().cell, "simple") << "2.9 us a line are less than a percent of a processor";
  report_.advice->asked.lines_per_second = 4000;
  EXPECT_EQ(first().cell, "complex");
  EXPECT_DOUBLE_EQ(report_.advice->tie_margin, 25) << "2.5 us";
}

TEST_F(ConcludeTest, CallsATieWhatTheNoiseHides) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, in_turn({80'000, 140'000}));
  EXPECT_EQ(first().cell, "simple");
}

TEST_F(ConcludeTest, CallsNoTieWhatTakesTwiceAsMuchThoughItsIntervalIsWide) {
  add("complex", Effort::kKernel, about(100'000));
  add("simple", Effort::kOwnBuffer, in_turn({90'000, 200'000, 200'000, 200'000}));
  EXPECT_EQ(first().cell, "complex");
  ASSERT_TRUE(report_.advice->finalists.back().ratio.ci95);
  EXPECT_LT(report_.advice->finalists.back().ratio.ci95->low, 1);
}

TEST_F(ConcludeTest, CallsNoTieWhatIsWorseThanTheRecommendedBeyondTheNoise) {
  std::vector<std::int64_t> noisy = about(98'000);
  for (std::size_t i = 0; i < noisy.size(); i += 2) noisy[i] = 160'000;
  noisy[0] = 90'000;  // so that it has the least median
  add("noisy", Effort::kKernel, noisy);
  add("simple", Effort::kOwnBuffer, about(110'000));
  add("worse", Effort::kKernel, about(125'000));
  EXPECT_EQ(first().cell, "simple");
  for (const Advice::Finalist& finalist : report_.advice->finalists) {
    EXPECT_EQ(finalist.tied, finalist.cell != "worse") << finalist.cell;
  }
}

TEST_F(ConcludeTest, WithTooFewRoundsCallsWorseOnlyWhatWasWorseInEachOfThem) {
  add("complex", Effort::kKernel, {100'000, 100'000, 100'000});
  add("simple", Effort::kOwnBuffer, {150'000, 150'000, 150'000});
  EXPECT_EQ(first().cell, "complex");
  report_.cells.back() = cell("simple", {150'000, 150'000, 99'000});
  EXPECT_EQ(first().cell, "simple");
}

TEST_F(ConcludeTest, RecommendsNobodyWhoFailsAConstraint) {
  add("cheap", Effort::kOwnBuffer, about(100'000));
  add("dear", Effort::kOwnBuffer, about(300'000));
  report_.cells.front().caller_stall = {.buckets = {{9000, 9000, 2000}}, .count = 2000, .max_ns = 9000};
  report_.advice->asked.max_stall_ns = 1000;
  EXPECT_EQ(first().cell, "dear");
  EXPECT_FALSE(report_.advice->finalists.back().fulfils);
  report_.advice->asked.max_stall_ns = 10;
  EXPECT_FALSE(first().fulfils);
  EXPECT_FALSE(report_.advice->recommended);
}

TEST_F(ConcludeTest, DropsAFinalistWithoutFiguresAndRefusesOneThatIsNotThere) {
  add("unmeasured", Effort::kOwnBuffer, {});
  add("measured", Effort::kKernel, about(100'000));
  EXPECT_EQ(first().cell, "measured");
  EXPECT_EQ(report_.advice->finalists.size(), 1u);
  report_.advice->finalists.push_back({.cell = "elsewhere"});
  EXPECT_THROW(conclude(report_), std::runtime_error);
}

TEST_F(ConcludeTest, GivesTheSameAgain) {
  add("dear", Effort::kLibraryCall, about(200'000));
  add("cheap", Effort::kKernel, about(100'000));
  conclude(report_);
  const auto before = report_.advice->finalists;
  conclude(report_);
  ASSERT_EQ(before.size(), report_.advice->finalists.size());
  for (std::size_t i = 0; i < before.size(); ++i) EXPECT_EQ(before[i].cell, report_.advice->finalists[i].cell);
}

TEST(Figures, AreThoseOfTheGoal) {
  engine::Cell one = cell("one", about(100'000));
  EXPECT_DOUBLE_EQ(figures_of(one, Goal::kCpu)->value_ns, 100);
  EXPECT_DOUBLE_EQ(figures_of(one, Goal::kSpeed)->value_ns, 50'000);
  EXPECT_FALSE(figures_of(one, Goal::kStall)) << "no trial has timed its appends";
  for (engine::Sample& sample : one.samples) sample.stall_p999_ns = 700;
  EXPECT_DOUBLE_EQ(figures_of(one, Goal::kStall)->value_ns, 700);
  EXPECT_DOUBLE_EQ(*figures_of(one, Goal::kCpu)->memory_bytes, 100'000);
  EXPECT_DOUBLE_EQ(*figures_of(one, Goal::kCpu)->stall_max_ns, 5000);
}

TEST(Figures, HaveAtLeastTheMemoryThatMayBeLost) {
  const engine::Cell one = cell("one", about(100'000));
  EXPECT_DOUBLE_EQ(*figures_of(one, Goal::kCpu, 4096)->memory_bytes, 100'000);
  EXPECT_DOUBLE_EQ(*figures_of(one, Goal::kCpu, 262'144)->memory_bytes, 262'144);
  EXPECT_EQ(figures_of(one, Goal::kCpu, 4096)->may_lose_bytes, 4096u);
}

TEST(Figures, SayWhoDoesNotKeepTheRate) {
  engine::Cell one = cell("one", about(100'000));
  one.workload.pace.lines_per_second = 20'000;  // 1000 lines are due within 50 ms
  EXPECT_TRUE(figures_of(one, Goal::kCpu)->keeps_rate);
  for (engine::Sample& sample : one.samples) sample.drained_ns = 200'000'000;
  const auto late = figures_of(one, Goal::kCpu);
  EXPECT_FALSE(late->keeps_rate);
  const auto failed = failures(*late, {.lines_per_second = 20'000.0});
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed.front().constraint, Hurdle::kLinesPerSecond);
  EXPECT_NEAR(failed.front().excess(), 4, 0.1);
}

TEST(Figures, DoNotFulfilWhatIsNotKnown) {
  engine::Cell one = cell("one", about(100'000));
  one.caller_stall = {};
  for (engine::Sample& sample : one.samples) sample.cost.rss_growth_bytes.reset();
  const auto figures = *figures_of(one, Goal::kCpu);
  EXPECT_EQ(failures(figures, {.max_stall_ns = 1'000'000}).size(), 1u);
  EXPECT_EQ(failures(figures, {.max_memory_bytes = 1u << 30}).size(), 1u);
}

TEST(Figures, TakeTheLongestStallIfThereAreTooFewForThePercentile) {
  engine::Cell one = cell("one", about(100'000));
  one.caller_stall = {.buckets = {{100, 100, 99}, {9000, 9000, 1}}, .count = 100, .max_ns = 9000};
  EXPECT_EQ(failures(*figures_of(one, Goal::kCpu), {.max_stall_ns = 8000}).size(), 1u);
  EXPECT_TRUE(failures(*figures_of(one, Goal::kCpu), {.max_stall_ns = 9001}).empty());
}

TEST(Ratios, ComparePerLineWhatSharesARound) {
  engine::Cell one = cell("one", {200'000, 300'000});
  engine::Cell other = cell("other", {100'000});
  EXPECT_EQ(ratios(one, other, Goal::kCpu), std::vector<double>{2});
  other.parameters.lines = 500;
  EXPECT_EQ(ratios(one, other, Goal::kCpu), std::vector<double>{1});
}

}  // namespace
}  // namespace writebench::advise
