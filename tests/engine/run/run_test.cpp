#include "engine/run/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "tests/engine/run/fake_runner.hpp"

namespace writebench::engine {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using tests::ended;
using tests::FakeRunner;
using tests::took;

/// Runs cells on a fake: no process, no file, and a clock that only their trials move on.
class RunTest : public testing::Test {
 protected:
  struct Began {
    std::string id;
    Round::Kind kind;
    nanoseconds remaining;
  };

  class Listener final : public RunObserver {
   public:
    void trial_begins(const Cell& cell, Round::Kind kind, nanoseconds remaining) override {
      began.push_back({cell.id, kind, remaining});
    }
    void waiting() override { ++waited; }
    void trial_ended(const Cell&, const Sample& sample) override { ended.push_back(sample); }
    void round_ended() override { ++rounds; }
    std::vector<Began> began;
    std::vector<Sample> ended;
    int waited = 0, rounds = 0;
  };

  void add(const std::string& id) {
    Cell cell;
    cell.id = id;
    cells_.push_back(std::move(cell));
  }

  bool run_cells(const std::vector<std::string>& ids, FakeRunner::Trials trials = always(1s)) {
    for (const std::string& id : ids) add(id);
    runner_.emplace(clock_, std::move(trials));
    return run(cells_, *runner_, {.plan = plan_, .observe = observe_, .now = clock_.reader()}, listener_);
  }

  static FakeRunner::Trials always(nanoseconds time) {
    return [time](const TrialRequest&) { return took(time); };
  }

  const Cell& cell(std::string_view id) const {
    return *std::find_if(cells_.begin(), cells_.end(), [&](const Cell& cell) { return cell.id == id; });
  }

  std::size_t samples(std::string_view id) const { return cell(id).samples.size(); }

  Plan plan_{.warm_up_trials = 0, .min_trials = 2, .max_trials = 2, .stall_trials = 0, .budget = {}};
  bool observe_ = false;
  tests::FakeClock clock_;
  std::optional<FakeRunner> runner_;
  std::vector<Cell> cells_;
  Listener listener_;
};

TEST_F(RunTest, MeasuresEachCellOnceInEachRoundAndSaysWhichAndWhere) {
  plan_.min_trials = plan_.max_trials = 4;
  EXPECT_TRUE(run_cells({"a", "b", "c"}));
  EXPECT_EQ(listener_.rounds, 4);
  EXPECT_EQ(listener_.began.size(), 12u);
  EXPECT_EQ(listener_.ended.size(), 12u);
  for (int round = 0; round < 4; ++round) {
    std::set<int> positions;
    for (const Cell& cell : cells_) {
      ASSERT_EQ(cell.samples.size(), 4u);
      EXPECT_EQ(cell.samples[static_cast<std::size_t>(round)].round, round);
      positions.insert(cell.samples[static_cast<std::size_t>(round)].position);
      EXPECT_EQ(cell.status, Outcome::kOk);
    }
    EXPECT_EQ(positions, (std::set<int>{0, 1, 2}));
  }
}

TEST_F(RunTest, GivesACellThatFailsNoFurtherTrial) {
  const bool complete = run_cells({"right", "wrong"}, [](const TrialRequest& request) {
    return request.cell.id == "wrong" ? ended(Outcome::kIncorrect, "1 line lost") : took(1s);
  });
  EXPECT_TRUE(complete);
  EXPECT_EQ(samples("right"), 2u);
  EXPECT_EQ(samples("wrong"), 1u);
  EXPECT_EQ(cell("wrong").status, Outcome::kIncorrect);
  EXPECT_EQ(cell("wrong").status_detail, "1 line lost");
  EXPECT_EQ(runner_->trials("wrong"), 1u);
}

TEST_F(RunTest, KeepsWarmUpAndStallTrialsOutOfTheSamples) {
  plan_.warm_up_trials = 3;
  plan_.stall_trials = plan_.max_stall_trials = 2;
  run_cells({"a"}, [](const TrialRequest& request) {
    TrialResult result = took(1s);
    if (request.observe) result.caller_stall = {.buckets = {{5, 5, 20}}, .count = 20, .max_ns = 5};
    if (request.observe) result.loop_lag = {.buckets = {{7, 7, 1}}, .count = 1, .max_ns = 7};
    return result;
  });
  EXPECT_EQ(listener_.ended.size(), 7u);
  EXPECT_EQ(samples("a"), 2u);
  EXPECT_EQ(cell("a").samples[0].round, 0);
  EXPECT_EQ(cell("a").warm_up_trials, 3u);
  EXPECT_EQ(cell("a").caller_stall.count, 40u) << "of both stall trials together";
  EXPECT_EQ(cell("a").loop_lag.count, 2u);
}

TEST_F(RunTest, RepeatsStallTrialsUntilThePercentilesOfStallAndLagExist) {
  plan_ = {.warm_up_trials = 0, .min_trials = 50, .max_trials = 50, .stall_trials = 1, .budget = {}};
  run_cells({"long", "short", "loop", "neither"}, [](const TrialRequest& request) {
    TrialResult result = took(1s);
    const auto of = [](std::uint64_t count) { return Distribution{{{5, 5, count}}, count, 5}; };
    if (!request.observe || request.cell.id == "neither") return result;
    result.caller_stall = of(request.cell.id == "short" ? 150 : 1000);
    if (request.cell.id == "loop") result.loop_lag = of(9);
    return result;
  });
  EXPECT_EQ(cell("long").caller_stall.count, 1000u);
  EXPECT_EQ(cell("short").caller_stall.count, 7u * 150) << "1000 give the 99.9th percentile";
  EXPECT_EQ(cell("loop").loop_lag.count, 12u * 9) << "100 give the 99th";
  EXPECT_EQ(runner_->trials("neither"), 51u) << "more trials would not help";
}

TEST_F(RunTest, TimesEveryAppendInStallTrialsAloneUnlessAllAreToBeObserved) {
  plan_.warm_up_trials = 1;
  plan_.stall_trials = 1;
  run_cells({"a"});
  const auto observed = [&] {
    return std::count_if(runner_->asked.begin(), runner_->asked.end(), [](const auto& asked) { return asked.observe; });
  };
  EXPECT_EQ(runner_->asked.size(), 4u);
  EXPECT_EQ(observed(), 1);
  cells_.clear();
  observe_ = true;
  run_cells({"a"});
  EXPECT_EQ(observed(), 4);
}

TEST_F(RunTest, CountsAFailureInWhateverRoundItCame) {
  plan_.warm_up_trials = 1;
  plan_.stall_trials = 1;
  run_cells({"cold", "held", "right"}, [&](const TrialRequest& request) {
    const bool fails = request.cell.id == "cold" || (request.cell.id == "held" && request.observe);
    return fails ? ended(Outcome::kFailed) : took(1s);
  });
  EXPECT_EQ(cell("cold").status, Outcome::kFailed);
  EXPECT_EQ(runner_->trials("cold"), 1u);
  EXPECT_EQ(cell("held").status, Outcome::kFailed);
  EXPECT_EQ(samples("held"), 3u) << "two that were right, and the one that failed";
  EXPECT_EQ(samples("right"), 2u);
}

TEST_F(RunTest, LeavesACellAloneThatIsKnownToBeUnavailable) {
  add("never");
  cells_[0].status = Outcome::kUnavailable;
  run_cells({"a"});
  EXPECT_EQ(runner_->trials("never"), 0u);
  EXPECT_TRUE(cells_[0].samples.empty());
  EXPECT_EQ(samples("a"), 2u);
}

TEST_F(RunTest, EndsWhenTheBudgetLeavesNoTimeForATrial) {
  plan_ = {.warm_up_trials = 1, .min_trials = 3, .max_trials = 1000, .stall_trials = 1, .budget = 60s};
  EXPECT_TRUE(run_cells({"quick", "slow"}, [&](const TrialRequest& request) {
    // It scatters, so that neither converges.
    const bool long_one = runner_->trials(request.cell.id) % 2 == 0;
    return took((request.cell.id == "slow" ? 2s : 1s) + (long_one ? 500ms : 0ms));
  }));
  const auto spent = clock_.now().time_since_epoch();
  EXPECT_LE(spent, 60s + 500ms) << "a trial is expected to take as long as the last one of its cell";
  EXPECT_GT(spent, 57s) << "and most of it is used";
  EXPECT_GE(samples("slow"), 3u);
  EXPECT_GT(samples("quick"), samples("slow"));
}

TEST_F(RunTest, RunsEachCellOnceHoweverSmallTheBudget) {
  plan_.budget = 1ms;
  EXPECT_TRUE(run_cells({"a", "b"}));
  EXPECT_EQ(samples("a"), 1u);
  EXPECT_EQ(samples("b"), 1u);
}

TEST_F(RunTest, GoesOnWithACellOnlyUntilItHasConverged) {
  plan_.max_trials = 100;
  run_cells({"steady", "noisy"}, [&](const TrialRequest& request) {
    const bool long_one = request.cell.id == "noisy" && runner_->trials("noisy") % 2 == 0;
    return took(long_one ? 1500ms : 1s);
  });
  EXPECT_EQ(samples("steady"), kCommonRounds);
  EXPECT_EQ(samples("noisy"), 100u);
}

TEST_F(RunTest, SaysBeforeEachTrialWhatKindItIsAndHowLongTheRestWillTake) {
  plan_.warm_up_trials = 1;
  run_cells({"a"}, always(10s));
  ASSERT_EQ(listener_.began.size(), 3u);
  EXPECT_EQ(listener_.began[0].kind, Round::Kind::kWarmUp);
  EXPECT_EQ(listener_.began[0].remaining, 0s) << "nothing is known yet";
  EXPECT_EQ(listener_.began[1].kind, Round::Kind::kMeasure);
  EXPECT_EQ(listener_.began[1].remaining, 20s);
  EXPECT_EQ(listener_.began[2].remaining, 10s);
  EXPECT_EQ(listener_.waited, 3);
}

TEST_F(RunTest, EndsWithATrialThatIsGivenUpAndKeepsWhatWasMeasured) {
  plan_.min_trials = plan_.max_trials = 5;
  EXPECT_FALSE(run_cells({"a", "b"}, [&](const TrialRequest& request) -> std::optional<TrialResult> {
    if (request.cell.id == "a" && runner_->trials("a") == 2) return std::nullopt;
    return took(1s);
  }));
  EXPECT_EQ(samples("a"), 2u);
  EXPECT_GE(samples("b"), 2u);
  EXPECT_EQ(runner_->asked.back().id, "a") << "no trial follows it";
  EXPECT_EQ(listener_.ended.size(), listener_.began.size() - 1);
  EXPECT_EQ(cell("a").status, Outcome::kOk);
}

TEST_F(RunTest, LetsAnErrorOfTheRunnerThroughAndKeepsWhatWasMeasured) {
  EXPECT_THROW(run_cells({"a"},
                         [&](const TrialRequest&) -> std::optional<TrialResult> {
                           if (runner_->trials("a") == 1) throw std::runtime_error("scratch is gone");
                           return took(1s);
                         }),
               std::runtime_error);
  EXPECT_EQ(samples("a"), 1u);
}

}  // namespace
}  // namespace writebench::engine
