#include "engine/run/estimate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <numeric>

#include "engine/lines/content_prefix.hpp"
#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "tests/strategies/faulty.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

// Trials whose time is a formula, and what was asked of them.
class Invented {
 public:
  Invented(double overhead_ns, double line_ns) : overhead_ns_(overhead_ns), line_ns_(line_ns) {}

  std::optional<TrialEstimate> estimate(const ProbeLines& lines, nanoseconds share = milliseconds(300)) {
    return estimate_trial(lines, share, [this](std::uint64_t lines_now) {
      probed.push_back(lines_now);
      Sample sample;
      sample.outcome = Outcome::kOk;
      sample.total_ns = time_ns(lines_now) * (probed.size() == slow_probe ? 100 : 1);
      spent += nanoseconds(*sample.total_ns);
      return std::optional(sample);
    });
  }

  std::int64_t time_ns(std::uint64_t lines) const {
    return std::llround(overhead_ns_ + line_ns_ * static_cast<double>(lines));
  }

  std::size_t slow_probe = 0;  // from 1; 0: none
  std::vector<std::uint64_t> probed;
  nanoseconds spent{0};

 private:
  double overhead_ns_, line_ns_;
};

TEST(EstimateOfATrial, ExtendsALineWithItsOverheadFromFewLinesToMany) {
  Invented trials(3e6, 50e3);
  const auto estimate = trials.estimate({.all = 1'000'000, .first = 100, .most = UINT64_MAX});
  EXPECT_NEAR(static_cast<double>(estimate->time.count()), 50.003e9, 1e6);
  EXPECT_LE(trials.spent, milliseconds(300)) << "and not the fifty seconds that it takes";
}

TEST(EstimateOfATrial, UsesAllLinesWhereTheyFitTheShareAndThenIsTheTrialItself) {
  Invented trials(1e6, 10);
  const auto estimate = trials.estimate({.all = 500'000, .first = 1000, .most = UINT64_MAX});
  EXPECT_EQ(estimate->time.count(), trials.time_ns(500'000));
  EXPECT_EQ(trials.probed.back(), 500'000u);
}

TEST(EstimateOfATrial, HasTwoProbesHoweverLongTheFirstTakes) {
  Invented trials(5e6, 400e6);
  const auto estimate = trials.estimate({.all = 1000, .first = 1, .most = UINT64_MAX});
  EXPECT_EQ(trials.probed, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(estimate->time.count(), trials.time_ns(1000));
}

TEST(EstimateOfATrial, ProbesNoMoreLinesThanItMay) {
  Invented trials(1e6, 10);
  const auto estimate = trials.estimate({.all = 1'000'000'000'000, .first = 1000, .most = 50'000});
  EXPECT_EQ(*std::max_element(trials.probed.begin(), trials.probed.end()), 50'000u);
  EXPECT_NEAR(static_cast<double>(estimate->time.count()), 1e13, 1e9);
}

TEST(EstimateOfATrial, BearsOneSlowTrialAmongTheLargest) {
  Invented trials(1e6, 1000);
  trials.slow_probe = 1;
  const auto estimate = trials.estimate({.all = 100, .first = 100, .most = UINT64_MAX}, seconds(1));
  EXPECT_GE(trials.probed.size(), 3u);
  EXPECT_EQ(estimate->time.count(), trials.time_ns(100));
}

TEST(EstimateOfATrial, DoesNotTakeADisturbanceOfASmallProbeForTheCostOfItsLines) {
  for (std::size_t slow = 1; slow <= 2; ++slow) {
    Invented trials(1e6, 1000);
    trials.slow_probe = slow;
    const auto estimate = trials.estimate({.all = 1'000'000, .first = 100, .most = UINT64_MAX});
    EXPECT_NEAR(static_cast<double>(estimate->time.count()), 1.001e9, 0.1e9) << slow;
  }
}

TEST(EstimateOfATrial, KeepsWaitingForTheDeviceApartFromTheLines) {
  const auto estimate = estimate_trial({.all = 1000, .first = 100, .most = 200}, seconds(1), [](std::uint64_t lines) {
    Sample sample;
    sample.outcome = Outcome::kOk;
    sample.settle_ns = 5'000'000 + 1000 * static_cast<std::int64_t>(lines);
    sample.total_ns = *sample.settle_ns + 1'000'000;
    sample.drained_ns = 10'000 * static_cast<std::int64_t>(lines);
    return std::optional(sample);
  });
  EXPECT_NEAR(static_cast<double>(estimate->time.count()), 1e6 + 5.2e6 + 800 * 5'000, 1e6) << "at its own clock's pace";
}

TEST(EstimateOfATrial, IsThatOfAnEmptyOneWhereThereAreNoLines) {
  Invented trials(1e6, 1000);
  EXPECT_EQ(trials.estimate({.all = 0, .first = 1000, .most = 1000})->time, milliseconds(1));
}

TEST(EstimateOfATrial, SaysWhichProbeFailedAndNothingWhereItWasInterrupted) {
  const auto fails = estimate_trial({.all = 10, .first = 1, .most = 10}, seconds(1), [](std::uint64_t) {
    Sample sample;
    sample.outcome = Outcome::kTimeout;
    sample.detail = "killed";
    return std::optional(sample);
  });
  EXPECT_EQ(fails->failed, Outcome::kTimeout);
  EXPECT_EQ(fails->detail, "killed");
  EXPECT_FALSE(estimate_trial({.all = 10, .first = 1, .most = 10}, seconds(1),
                              [](std::uint64_t) { return std::optional<Sample>(); }));
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

class WritesAllAtOnce final : public Strategy {
 public:
  void run(Job& job) override {
    std::vector<std::uint32_t> lengths(job.content().lines());
    std::vector<char> text(1 << 20);
    job.content().render({0, 1, lengths.size()}, text, lengths);
    job.file().write_all({text.data(), std::accumulate(lengths.begin(), lengths.end(), std::size_t{0})});
  }
};

class EstimateOfACell : public testing::Test {
 protected:
  TrialEstimate estimate(const Descriptor& strategy, std::uint64_t lines, const Pace& pace = {}) {
    Cell cell;
    cell.id = strategy.name;
    cell.parameters.lines = lines;
    cell.workload.pace = pace;
    const RunSetup setup{.directory = parent_.path(), .plan = {}, .timeout = seconds(1)};
    const auto estimate =
        estimate_trial(cell, {strategy, std::make_shared<NumberedLines>(lines)}, setup, milliseconds(100));
    EXPECT_TRUE(std::filesystem::is_empty(parent_.path()));
    return *estimate;
  }

  Scratch parent_{testing::TempDir()};
};

TEST_F(EstimateOfACell, IsThatOfItsOwnTrials) {
  const Pace pace{.think = milliseconds(1)};
  const TrialEstimate thinking = estimate(tests::faulty("spins-in-each-phase"), 3'600'000, pace);
  EXPECT_FALSE(thinking.failed) << thinking.detail;
  EXPECT_GT(thinking.time, std::chrono::minutes(30));
  EXPECT_GT(thinking.stall_time, thinking.time);
}

TEST_F(EstimateOfACell, SaysWhatAFailureWas) {
  EXPECT_EQ(estimate(tests::faulty("throws"), 1000).failed, Outcome::kFailed);
  EXPECT_EQ(estimate(tests::faulty("throws"), 1000).detail, "out of ink");
  EXPECT_EQ(estimate(tests::faulty("crashes"), 1000).failed, Outcome::kFailed);
  EXPECT_EQ(estimate(tests::faulty("lost"), 1000).failed, Outcome::kIncorrect);
  EXPECT_EQ(estimate(tests::faulty("unsupported"), 1000).failed, Outcome::kUnavailable);
}

TEST_F(EstimateOfACell, HasTheTimeOfItsScheduleWhereItAsksForItsLines) {
  const Pace pace{.lines_per_second = 10, .burst_lines = 5};
  EXPECT_EQ(estimate(tests::faulty("spins-in-each-phase"), 1001, pace).time, seconds(100));
  const Descriptor bulk{.name = "at-once", .family = "", .summary = "", .make = make_strategy<WritesAllAtOnce>};
  EXPECT_LT(estimate(bulk, 1001, pace).time, seconds(100));
}

}  // namespace
}  // namespace writebench::engine
