#include "engine/run/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "tests/strategies/faulty.hpp"

namespace writebench::engine {
namespace {

class RunTest : public testing::Test {
 protected:
  RunResult run_cells(std::vector<std::string_view> names, bool keep_files = false) {
    for (const std::string_view name : names) {
      Cell cell;
      cell.id = name;
      cell.strategy = StrategyTraits(tests::faulty(name));
      cell.parameters.lines = 20;
      cells_.push_back(std::move(cell));
      runnables_.push_back({tests::faulty(name), std::make_shared<NumberedLines>(20)});
    }
    return run(cells_, runnables_,
               {.directory = parent_.path(),
                .plan = plan_,
                .timeout = std::chrono::milliseconds(300),
                .keep_files = keep_files},
               observer_);
  }

  const Cell& cell(std::string_view id) const {
    return *std::find_if(cells_.begin(), cells_.end(), [&](const Cell& cell) { return cell.id == id; });
  }

  class Counter final : public RunObserver {
   public:
    void trial_begins(const Cell&, Round::Kind, std::chrono::nanoseconds) override { ++began; }
    void trial_ended(const Cell&, const Sample&) override { ++ended; }
    void round_ended() override { ++rounds; }
    int began = 0, ended = 0, rounds = 0;
  };

  Scratch parent_{testing::TempDir()};
  NumberedLines content_{20};
  Plan plan_{.warm_up_trials = 0, .min_trials = 2, .max_trials = 2, .stall_trials = 0, .budget = {}};
  std::vector<Cell> cells_;
  std::vector<Runnable> runnables_;
  Counter observer_;
};

TEST_F(RunTest, MeasuresEachCellInEachRoundAndLeavesNothingBehind) {
  const RunResult result = run_cells({"sleeps", "unsupported"});
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(cell("sleeps").samples.size(), 2u);
  EXPECT_EQ(cell("sleeps").samples[1].round, 1);
  EXPECT_EQ(cell("sleeps").status, Outcome::kOk);
  EXPECT_EQ(cell("unsupported").status, Outcome::kUnavailable);
  EXPECT_EQ(cell("unsupported").samples.size(), 1u) << "what failed once is not run again";
  EXPECT_EQ(observer_.began, 3);
  EXPECT_EQ(observer_.ended, 3);
  EXPECT_EQ(observer_.rounds, 2);
  EXPECT_TRUE(std::filesystem::is_empty(parent_.path()));
}

TEST_F(RunTest, KeepsWarmUpAndStallTrialsOutOfTheSamples) {
  plan_.warm_up_trials = 3;
  plan_.stall_trials = 2;
  run_cells({"sleeps"});
  EXPECT_EQ(observer_.ended, 7);
  EXPECT_EQ(cell("sleeps").samples.size(), 2u);
  EXPECT_EQ(cell("sleeps").warm_up_trials, 3u);
  EXPECT_EQ(cell("sleeps").caller_stall.count, 40u);
  EXPECT_EQ(cell("sleeps").samples[0].round, 0);
}

TEST_F(RunTest, CountsAFailureInAWarmUpRound) {
  plan_.warm_up_trials = 1;
  run_cells({"throws", "sleeps"});
  EXPECT_EQ(cell("throws").status, Outcome::kFailed);
  EXPECT_EQ(cell("sleeps").samples.size(), 2u);
}

TEST_F(RunTest, LeavesACellAloneThatIsKnownToBeUnavailable) {
  Cell cell;
  cell.id = "never";
  cell.status = Outcome::kUnavailable;
  cells_.push_back(cell);
  runnables_.push_back({tests::faulty("throws"), nullptr});
  run_cells({"sleeps"});
  EXPECT_TRUE(cells_[0].samples.empty());
}

TEST_F(RunTest, FindsEveryKindOfDamageAndGivesItNoTime) {
  const struct {
    std::string_view strategy, named;
  } planted[] = {{"lost", "lost"},           {"doubled", "doubled"},     {"torn", "torn"},
                 {"reordered", "reordered"}, {"truncated", "truncated"}, {"trailing-garbage", "garbage"}};
  std::vector<std::string_view> names;
  for (const auto& fault : planted) names.push_back(fault.strategy);
  run_cells(names);
  for (const auto& fault : planted) {
    EXPECT_EQ(cell(fault.strategy).status, Outcome::kIncorrect);
    EXPECT_NE(cell(fault.strategy).status_detail.find(fault.named), std::string::npos)
        << cell(fault.strategy).status_detail;
    EXPECT_TRUE(times_ns(cell(fault.strategy)).empty());
  }
}

TEST_F(RunTest, LosesOnlyTheRowOfAStrategyThatThrowsCrashesOrHangs) {
  run_cells({"throws", "crashes", "hangs", "exits", "sleeps"});
  EXPECT_EQ(cell("throws").status, Outcome::kFailed);
  EXPECT_EQ(cell("crashes").status, Outcome::kFailed);
  EXPECT_EQ(cell("hangs").status, Outcome::kTimeout);
  EXPECT_EQ(cell("exits").status, Outcome::kFailed);
  EXPECT_EQ(cell("sleeps").status, Outcome::kOk);
  EXPECT_EQ(cell("sleeps").samples.size(), 2u);
}

TEST_F(RunTest, KeepsTheFilesWhereAskedTo) {
  const RunResult result = run_cells({"sleeps"}, true);
  std::ifstream file(result.kept_directory + "/sleeps.txt");
  std::ostringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str().size(), content_.offset_bytes(20));
}

TEST_F(RunTest, FailsWhereTheDirectoryCannotBeUsed) {
  EXPECT_THROW(run(cells_, runnables_, {.directory = "/nonexistent", .plan = {}, .timeout = {}}, observer_), IoError);
}

}  // namespace
}  // namespace writebench::engine
