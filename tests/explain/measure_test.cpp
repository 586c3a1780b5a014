#include "explain/measure.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <map>
#include <string>

#include "engine/lines/numbered_lines.hpp"
#include "explain/conclude.hpp"
#include "strategies/table.hpp"

namespace writebench::explain {
namespace {

using reports::Explanation;

// Runs nothing: each trial takes what its strategy and options are said to take.
class FakeRunner final : public engine::TrialRunner {
 public:
  FakeRunner(const std::map<std::string, double>& planted_ns, int& trials_left)
      : planted_ns_(planted_ns), trials_left_(trials_left) {}

  std::optional<engine::TrialResult> run(const engine::TrialRequest& request, const Waiting&) override {
    if (--trials_left_ < 0) return std::nullopt;
    engine::Sample sample;
    sample.outcome = engine::Outcome::kOk;
    const double ns = ns_per_line(request.cell) * static_cast<double>(request.cell.parameters.lines);
    sample.prepare_ns = sample.settle_ns = 0;
    sample.submitted_ns = sample.drained_ns = static_cast<std::int64_t>(ns) + (noise_++ % 3);
    if (request.cell.parameters.durability.kind != Durability::Kind::kNone) sample.durable_ns = sample.drained_ns;
    sample.total_ns = sample.time_ns();
    sample.cost.user_cpu_ns = sample.cost.system_cpu_ns = *sample.drained_ns / 2;
    engine::TrialResult result{std::move(sample), {}, {}, 0};
    if (request.stages && request.cell.strategy.name == "naive-async") result.stages = stages();
    return result;
  }

 private:
  static engine::Stages stages() {
    engine::Stages stages;
    stages.dispatches = 100;
    stages.awaited = true;
    stages.stages[static_cast<std::size_t>(engine::Stage::kCall)] = {{{{100, 100, 100}}, 100, 100}, 10'000};
    stages.whole = {{{{100, 100, 100}}, 100, 100}, 10'000};
    return stages;
  }

  double ns_per_line(const engine::CellSpec& cell) const {
    const auto of = [&](const std::string& name) {
      const auto found = planted_ns_.find(name);
      return found == planted_ns_.end() ? 0 : found->second;
    };
    double ns = of(cell.strategy.name);
    // A block is handed over for 10 us.
    if (cell.strategy.name == "buffered") {
      ns += 10'000 * mean_line_bytes(cell) / static_cast<double>(cell.parameters.value(kBufferSize));
    }
    // Overlapping hides what the caller does, but costs something.
    const auto think = static_cast<double>(cell.workload.pace.think.count());
    if (cell.strategy.name == "sync-buffered") ns += think;
    if (cell.strategy.name == "double-buffered") ns = std::max(ns, think) + 300;
    return ns;
  }

  const std::map<std::string, double>& planted_ns_;
  int& trials_left_;
  int noise_ = 0;
};

class MeasureTest : public testing::Test {
 protected:
  MeasureTest() {
    request_.subject.strategy = engine::StrategyTraits(*strategies::find("naive-async"));
    request_.subject.parameters.lines = content_->lines();
    request_.subject.parameters.set(kWriters, 1);
    request_.subject.parameters.set(kThreads, 1);
    request_.subject.bytes = content_->offset_bytes(content_->lines());
    request_.content = content_;
    request_.table = strategies::table();
    request_.budget = std::chrono::milliseconds(200);
    request_.syncing.emplace().sync_ns = 1'000'000;
    request_.cpus = {"all", "0"};
    request_.threads = {1, 2};
  }

  reports::Report measured(bool complete = true) {
    reports::Report report;
    engine::RunObserver nobody;
    const engine::MakeRunner make = [&](const auto&, const auto&) {
      return std::make_unique<FakeRunner>(planted_ns_, trials_left_);
    };
    EXPECT_EQ(measure(request_, make, nobody, report), complete);
    return report;
  }

  static double price(const reports::Report& report, const std::string& strategy) {
    for (const Explanation::Step& step : report.explanation->ladder) {
      if (cell_of(report, step.cell)->strategy.name == strategy) {
        return step.adds.empty() ? step.ns_per_line : step.added_ns.median;
      }
    }
    ADD_FAILURE() << strategy << " is not on the ladder";
    return 0;
  }

  const std::shared_ptr<const engine::NumberedLines> content_ = std::make_shared<engine::NumberedLines>(5000);
  std::map<std::string, double> planted_ns_{{"null", 100},     {"copy-lines", 200},     {"sync-buffered", 400},
                                            {"sync", 800},     {"thread-pool", 2000},   {"naive-async", 9000},
                                            {"buffered", 400}, {"double-buffered", 500}};
  int trials_left_ = 1'000'000;
  Request request_;
};

TEST_F(MeasureTest, ShowsWhatEachVariantAdds) {
  const reports::Report report = measured();
  const std::map<std::string, double> expected{{"null", 100}, {"copy-lines", 100},   {"sync-buffered", 200},
                                               {"sync", 400}, {"thread-pool", 1200}, {"naive-async", 7000}};
  EXPECT_EQ(report.explanation->ladder.size(), expected.size());
  for (const auto& [name, ns] : expected) EXPECT_NEAR(price(report, name), ns, 1) << name;
}

TEST_F(MeasureTest, ShowsAPlantedWaitInItsStepAndInNoOther) {
  const reports::Report before = measured();
  for (const Explanation::Step& planted : before.explanation->ladder) {
    const std::string name = cell_of(before, planted.cell)->strategy.name;
    const std::map<std::string, double> all = planted_ns_;
    bool above = false;  // what stands above it on the ladder waits as well
    for (const Explanation::Step& step : before.explanation->ladder) {
      const std::string other = cell_of(before, step.cell)->strategy.name;
      above = above || other == name;
      if (above) planted_ns_[other] += 5000;
    }
    const reports::Report after = measured();
    for (const Explanation::Step& step : before.explanation->ladder) {
      const std::string other = cell_of(before, step.cell)->strategy.name;
      EXPECT_NEAR(price(after, other) - price(before, other), other == name ? 5000 : 0, 3) << name << ", " << other;
    }
    planted_ns_ = all;
  }
}

TEST_F(MeasureTest, FindsTheBlockFromWhichAwaitingCostsWhatSyncCosts) {
  const reports::Report report = measured();
  // 400 + 10,000 / lines = 800
  ASSERT_TRUE(report.explanation->break_even);
  EXPECT_NEAR(report.explanation->break_even->lines, 25, 0.5);
}

TEST_F(MeasureTest, MeasuresMoreCloselyAroundTheBreakEven) {
  const reports::Report report = measured();
  int near = 0;
  for (const Explanation::Beside& size : report.explanation->block_sizes)
    near += std::abs(size.ratio.median - 1) < 0.02;
  EXPECT_GE(near, 1) << "one of the sizes is the break-even itself";
}

TEST_F(MeasureTest, ComparesCallersThatAreBusyLongerAndLonger) {
  const reports::Report report = measured();
  // max(500, t) + 300 < 400 + t from t = 500 on, if not only just.
  for (const Explanation::Beside& think : report.explanation->thinks) {
    const auto ns = cell_of(report, think.cell)->workload.pace.think.count();
    EXPECT_EQ(think.ratio.median < 1, ns >= 500) << ns;
  }
}

TEST_F(MeasureTest, ComparesThreadsAndProcessors) {
  const reports::Report report = measured();
  EXPECT_EQ(report.explanation->variants.size(), 4u);
  for (const Explanation::Beside& variant : report.explanation->variants) {
    EXPECT_NEAR(variant.ratio.median, 9000.0 / 800, 0.1) << variant.cell;
  }
}

TEST_F(MeasureTest, SumsTheStages) {
  const reports::Report report = measured();
  ASSERT_EQ(report.explanation->stages.size(), 1u);
  const reports::StageSummary& stages = report.explanation->stages.front();
  EXPECT_DOUBLE_EQ(stages.whole_ns, 100);
  ASSERT_EQ(stages.parts.size(), 1u);
  EXPECT_EQ(stages.parts[0].name, "call");
  EXPECT_NEAR(stages.line_ns, 9000, 1);
  EXPECT_NEAR(stages.unstaged_line_ns, 9000, 1);
}

TEST_F(MeasureTest, GivesEveryCellAnIdOfItsOwnAndNoTwoPartsTheSameRounds) {
  const reports::Report report = measured();
  std::map<std::string, int> ids;
  for (const engine::Cell& cell : report.cells) EXPECT_EQ(++ids[cell.id], 1) << cell.id;
  const auto& first = *cell_of(report, report.explanation->ladder.front().cell);
  const auto& last = *cell_of(report, report.explanation->durable.back());
  EXPECT_LT(first.samples.back().round, last.samples.front().round);
}

TEST_F(MeasureTest, LeavesOutWhatSyncsWhereSyncingDoesNothing) {
  request_.syncing->does_nothing = true;
  EXPECT_TRUE(measured().explanation->durable.empty());
}

TEST_F(MeasureTest, KeepsWhatItHasWhereverItIsInterrupted) {
  for (const int trials : {1, 30, 100}) {
    trials_left_ = trials;
    reports::Report report = measured(false);
    EXPECT_FALSE(report.cells.empty()) << trials;
    EXPECT_NO_THROW(conclude(report)) << trials;
  }
}

TEST_F(MeasureTest, LeavesOutAVariantThatCannotRun) {
  request_.subject.parameters.durability = {.kind = Durability::Kind::kLine};
  const reports::Report report = measured();
  double sum = 0;
  for (const Explanation::Step& step : report.explanation->ladder) {
    const bool runs = cell_of(report, step.cell)->strategy.name != "thread-pool";
    EXPECT_EQ(step.ns_per_line > 0, runs) << step.cell;
    sum += step.adds.empty() ? step.ns_per_line : step.added_ns.median;
  }
  EXPECT_NEAR(sum, 9000, 1);
}

TEST_F(MeasureTest, ExplainsEveryStrategy) {
  for (const Descriptor& entry : strategies::table()) {
    if (entry.role != Role::kStrategy) continue;
    request_.subject.strategy = engine::StrategyTraits(entry);
    request_.subject.parameters.options.clear();
    for (const Option* option : entry.options) request_.subject.parameters.set(*option, option->usual);
    request_.budget = std::chrono::milliseconds(50);
    planted_ns_[entry.name] = std::max(planted_ns_[entry.name], 1.0);
    const reports::Report report = measured();
    EXPECT_EQ(cell_of(report, report.explanation->subject)->strategy.name, entry.name);
    std::map<std::string, int> ids;
    for (const engine::Cell& cell : report.cells) EXPECT_EQ(++ids[cell.id], 1) << cell.id;
    EXPECT_NE(report.explanation->reference, report.explanation->subject);
    EXPECT_FALSE(report.explanation->variants.empty());
  }
}

}  // namespace
}  // namespace writebench::explain
