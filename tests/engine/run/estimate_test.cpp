#include "engine/run/estimate.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "engine/lines/content_prefix.hpp"
#include "engine/lines/numbered_lines.hpp"
#include "tests/engine/run/fake_runner.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

/// Estimates cells of numbered lines by trials whose time is a formula: so much for each, and so much for each line.
class EstimateOfATrial : public testing::Test {
 protected:
  std::optional<TrialEstimate> estimate(std::uint64_t lines, nanoseconds share = seconds(1)) {
    Cell cell;
    cell.id = "any";
    cell.parameters.lines = lines;
    cell.parameters.durability.kind = durability_;
    cell.bytes = NumberedLines(lines).offset_bytes(lines);
    cell.workload.pace = pace_;
    return estimate_trial(cell, runner_, share);
  }

  nanoseconds time_of(std::uint64_t lines) const {
    return nanoseconds(std::llround(trial_ns_ + line_ns_ * static_cast<double>(lines)));
  }

  // Of its own clock the lines alone.
  TrialResult trial_of(const TrialRequest& request) const {
    const std::uint64_t lines = request.cell.parameters.lines;
    TrialResult result = tests::took(time_of(lines));
    result.sample.submitted_ns = result.sample.drained_ns = std::llround(line_ns_ * static_cast<double>(lines));
    return result;
  }

  std::uint64_t probed(std::size_t index) const { return runner_.asked.at(index).lines; }

  double trial_ns_ = 1e6;
  double line_ns_ = 1000;
  Durability::Kind durability_ = Durability::Kind::kNone;
  Pace pace_;
  tests::FakeClock clock_;
  tests::FakeRunner::Trials trials_ = [this](const TrialRequest& request) { return trial_of(request); };
  tests::FakeRunner runner_{clock_, [this](const TrialRequest& request) { return trials_(request); }};
};

TEST_F(EstimateOfATrial, ExtendsALineWithItsOverheadFromFewLinesToMany) {
  trial_ns_ = 3e6;
  line_ns_ = 50e3;
  const auto estimated = estimate(1'000'000);
  EXPECT_NEAR(static_cast<double>(estimated->time.count()), 50.003e9, 1e6);
  EXPECT_LE(clock_.now().time_since_epoch(), seconds(1)) << "and not the fifty seconds that it takes";
}

TEST_F(EstimateOfATrial, RunsTheFirstLinesOfTheCellWithoutItsSchedule) {
  pace_.lines_per_second = 1e6;
  trials_ = [this](const TrialRequest& request) {
    const CellSpec& cell = request.cell;
    EXPECT_EQ(cell.id, "any");
    EXPECT_EQ(cell.workload.pace.lines_per_second, 0);
    return trial_of(request);
  };
  estimate(2000);
  EXPECT_GE(runner_.asked.size(), 3u);
}

TEST_F(EstimateOfATrial, UsesAllLinesIfTheyFitTheShareAndThenIsTheTrialItself) {
  line_ns_ = 10;
  EXPECT_EQ(estimate(500'000)->time, time_of(500'000));
  EXPECT_EQ(runner_.asked.back().lines, 500'000u);
}

TEST_F(EstimateOfATrial, HasTwoProbesHoweverLongTheFirstTakes) {
  trial_ns_ = 5e6;
  line_ns_ = 400e6;
  pace_.think = milliseconds(100);  // so that the first probe has a single line
  EXPECT_EQ(estimate(1000, milliseconds(300))->time, time_of(1000));
  ASSERT_EQ(runner_.asked.size(), 2u);
  EXPECT_EQ(probed(0), 1u);
  EXPECT_EQ(probed(1), 2u);
}

TEST_F(EstimateOfATrial, BeginsWithFewLinesIfEachIsToBeDurable) {
  estimate(1'000'000);
  const std::uint64_t without = probed(0);
  runner_.asked.clear();
  durability_ = Durability::Kind::kLine;
  estimate(1'000'000);
  EXPECT_LT(probed(0), without / 10);
}

TEST_F(EstimateOfATrial, ProbesNoMoreLinesThanThePageCacheTakesAnywhere) {
  line_ns_ = 0.001;
  const auto estimated = estimate(1'000'000'000);
  std::uint64_t most = 0;
  for (const auto& asked : runner_.asked) most = std::max(most, asked.lines);
  EXPECT_GT(most, 1'000'000u);
  EXPECT_LE(NumberedLines(1'000'000'000).offset_bytes(most), 64u << 20);
  EXPECT_NEAR(static_cast<double>(estimated->time.count()), 2e6, 1e4);
}

TEST_F(EstimateOfATrial, BearsOneSlowTrialAmongTheLargest) {
  trials_ = [this](const TrialRequest& request) {
    TrialResult result = trial_of(request);
    if (runner_.asked.size() == 1) *result.sample.total_ns *= 100;
    return result;
  };
  EXPECT_EQ(estimate(100)->time, time_of(100));
  EXPECT_GE(runner_.asked.size(), 3u);
}

TEST_F(EstimateOfATrial, DoesNotTakeADisturbanceOfASmallProbeForTheCostOfItsLines) {
  for (std::size_t slow = 1; slow <= 2; ++slow) {
    runner_.asked.clear();
    pace_.think = milliseconds(1);  // so that the small probes are small
    trials_ = [this, slow](const TrialRequest& request) {
      TrialResult result = trial_of(request);
      if (runner_.asked.size() == slow) *result.sample.total_ns *= 100;
      return result;
    };
    const auto estimated = estimate(1'000'000, milliseconds(300));
    EXPECT_NEAR(static_cast<double>(estimated->time.count()), 1.001e9, 0.1e9) << slow;
  }
}

TEST_F(EstimateOfATrial, KeepsWaitingForTheDeviceApartFromTheLines) {
  pace_.think = milliseconds(1);
  trials_ = [](const TrialRequest& request) {
    const auto lines = static_cast<std::int64_t>(request.cell.parameters.lines);
    TrialResult result = tests::took(milliseconds(1));
    result.sample.settle_ns = 5'000'000 + 100'000 * lines;
    result.sample.total_ns = *result.sample.settle_ns + 1'000'000;
    result.sample.drained_ns = 10'000 * lines;
    return result;
  };
  const auto estimated = estimate(1'000'000, milliseconds(1));
  ASSERT_EQ(runner_.asked.size(), 2u);
  // Two probes: a share of 1 ms leaves time for no more.
  const auto lines = static_cast<double>(probed(1));
  const double settling_ns = 5e6 + 100'000 * (static_cast<double>(probed(0)) + lines) / 2;
  EXPECT_NEAR(static_cast<double>(estimated->time.count()), settling_ns + 1e6 + (1e6 - lines) * 10'000, 1e3)
      << "at its own clock's pace";
}

TEST_F(EstimateOfATrial, IsThatOfAnEmptyOneIfThereAreNoLines) { EXPECT_EQ(estimate(0)->time, milliseconds(1)); }

TEST_F(EstimateOfATrial, SaysWhichProbeFailed) {
  trials_ = [](const TrialRequest&) { return tests::ended(Outcome::kTimeout, "killed"); };
  const auto fails = estimate(10);
  EXPECT_EQ(fails->failed, Outcome::kTimeout);
  EXPECT_EQ(fails->detail, "killed");
}

TEST_F(EstimateOfATrial, HasNoValueIfAProbeWasGivenUp) {
  trials_ = [](const TrialRequest&) { return std::optional<TrialResult>(); };
  EXPECT_FALSE(estimate(10));
  pace_.lines_per_second = 10;
  EXPECT_FALSE(estimate(10));
}

TEST_F(EstimateOfATrial, TakesLongerIfEveryAppendIsTimed) {
  const auto estimated = estimate(1'000'000);
  EXPECT_GT(estimated->stall_time, estimated->time);
}

TEST_F(EstimateOfATrial, HasTheTimeOfItsScheduleIfItAsksForItsLines) {
  pace_ = {.lines_per_second = 10, .burst_lines = 5};
  trials_ = [this](const TrialRequest& request) {
    TrialResult result = trial_of(request);
    if (request.observe) result.caller_stall = {.buckets = {{5, 5, 1}}, .count = 1, .max_ns = 5};
    return result;
  };
  EXPECT_EQ(estimate(1001)->time, seconds(100));
  EXPECT_EQ(estimate(1001)->stall_time, seconds(100));
  trials_ = [this](const TrialRequest& request) { return trial_of(request); };
  EXPECT_EQ(estimate(1001)->time, time_of(1001)) << "no append was seen: it takes all lines at once";
}

TEST(EstimateOfARun, IsTheSumOfTheTrialsWithoutABudget) {
  const Plan plan{.warm_up_trials = 2, .min_trials = 3, .max_trials = 3, .stall_trials = 1, .budget = {}};
  const RunEstimate run = estimate_run(plan,
                                       {{.time = seconds(1), .stall_time = seconds(4), .failed = {}, .detail = {}},
                                        {.time = seconds(10), .stall_time = seconds(10), .failed = {}, .detail = {}},
                                        {.failed = Outcome::kFailed, .detail = {}}},
                                       false);
  EXPECT_EQ(run.time, seconds(2 + 3 + 4 + 60));
  EXPECT_EQ(run.trials, 12u);
}

TEST(EstimateOfARun, KeepsToTheBudgetAndStopsWhereCellsArePrecise) {
  const Plan plan{.max_trials = 1000, .budget = seconds(60)};
  const std::vector<TrialEstimate> cells(
      3, {.time = milliseconds(300), .stall_time = milliseconds(300), .failed = {}, .detail = {}});
  const RunEstimate most = estimate_run(plan, cells, false);
  EXPECT_LE(most.time, seconds(60));
  EXPECT_GE(most.time, seconds(59));
  EXPECT_EQ(estimate_run(plan, cells, true).trials, 3u * (1 + kCommonRounds + 1));
}

TEST(ContentPrefix, AreTheSameLinesAndNoMore) {
  const ContentPrefix first(std::make_shared<NumberedLines>(2000), 11);
  EXPECT_EQ(first.lines(), 11u);
  EXPECT_EQ(first.offset_bytes(11), 78u);
  EXPECT_EQ(first.number_of("line#10\n"), 10u);
  EXPECT_EQ(first.number_of("line#11\n"), std::nullopt);
  EXPECT_EQ(ContentPrefix(std::make_shared<NumberedLines>(5), 11).lines(), 5u);
}

}  // namespace
}  // namespace writebench::engine
