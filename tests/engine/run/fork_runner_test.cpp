#include "engine/run/fork_runner.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/lines/numbered_lines.hpp"
#include "tests/strategies/faulty.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

class ForkRunnerTest : public testing::Test {
 protected:
  // Each faulty strategy, known by its own name.
  static ForkRunner::Runnables runnables(std::uint64_t lines = 20) {
    ForkRunner::Runnables all;
    for (const Descriptor& strategy : tests::faulty()) {
      all[strategy.name] = {strategy, std::make_shared<NumberedLines>(lines)};
    }
    return all;
  }

  static Cell cell_of(std::string_view strategy, std::string id = "") {
    Cell cell;
    cell.id = id.empty() ? std::string(strategy) : std::move(id);
    cell.strategy = StrategyTraits(tests::faulty(strategy));
    cell.parameters.lines = 20;
    return cell;
  }

  ForkRunner runner() const { return ForkRunner(setup_, runnables()); }

  Sample sample_of(std::string_view strategy) { return runner().run({.cell = cell_of(strategy)}, {})->sample; }

  static std::string content_of(const std::string& path) {
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  Scratch parent_{testing::TempDir()};
  ForkRunner::Setup setup_{.directory = parent_.path(), .timeout = milliseconds(300)};
};

TEST_F(ForkRunnerTest, FillsInAllOfASampleButItsRoundAndItsPlace) {
  setup_.injected_slow_down = 0.5;
  const auto result = runner().run({.cell = cell_of("sleeps")}, {});
  ASSERT_TRUE(result);
  const Sample& sample = result->sample;
  EXPECT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
  EXPECT_TRUE(sample.settle_ns && sample.prepare_ns && sample.submitted_ns && sample.drained_ns);
  ASSERT_TRUE(sample.total_ns);
  EXPECT_GE(*sample.total_ns, *sample.prepare_ns + *sample.drained_ns);
  ASSERT_TRUE(sample.interference.window_ns);
  EXPECT_GE(*sample.interference.window_ns, *sample.drained_ns);
  EXPECT_EQ(sample.injected_slow_down, 0.5);
  EXPECT_EQ(sample.stall_p99_ns, std::nullopt);
  EXPECT_EQ(result->caller_stall.count, 0u);
}

TEST_F(ForkRunnerTest, HasTheStallsOfATrialThatWasObserved) {
  const auto result = runner().run({.cell = cell_of("sleeps"), .observe = true}, {});
  EXPECT_EQ(result->caller_stall.count, 20u);
  EXPECT_FALSE(result->sample.stall_p99_ns) << "20 appends give no 99th percentile";
}

TEST_F(ForkRunnerTest, HasTheNinetyNinthPercentileOfTheStallsFromAHundredAppendsOn) {
  ForkRunner runner(setup_, runnables(100));
  Cell cell = cell_of("trailing-garbage");
  for (const std::uint64_t lines : {99u, 100u}) {
    cell.parameters.lines = lines;
    const auto result = runner.run({.cell = cell, .observe = true}, {});
    EXPECT_EQ(result->caller_stall.count, lines) << result->sample.detail;
    EXPECT_EQ(result->sample.stall_p99_ns.has_value(), lines == 100);
  }
}

TEST_F(ForkRunnerTest, FindsEveryKindOfDamageAndGivesItNoTime) {
  const struct {
    std::string_view strategy, named;
  } planted[] = {{"lost", "lost"},           {"doubled", "doubled"},     {"torn", "torn"},
                 {"reordered", "reordered"}, {"truncated", "truncated"}, {"trailing-garbage", "garbage"}};
  for (const auto& fault : planted) {
    const Sample sample = sample_of(fault.strategy);
    EXPECT_EQ(sample.outcome, Outcome::kIncorrect);
    EXPECT_NE(sample.detail.find(fault.named), std::string::npos) << sample.detail;
    EXPECT_EQ(sample.time_ns(), std::nullopt);
  }
}

TEST_F(ForkRunnerTest, OutlivesATrialThatThrowsCrashesExitsOrHangs) {
  EXPECT_EQ(sample_of("throws").outcome, Outcome::kFailed);
  EXPECT_EQ(sample_of("crashes").outcome, Outcome::kFailed);
  EXPECT_EQ(sample_of("exits").outcome, Outcome::kFailed);
  EXPECT_EQ(sample_of("unsupported").outcome, Outcome::kUnavailable);
  const Sample hung = sample_of("hangs");
  EXPECT_EQ(hung.outcome, Outcome::kTimeout);
  EXPECT_TRUE(hung.total_ns) << "also of a trial without a time";
}

TEST_F(ForkRunnerTest, RemovesTheFileOfEachTrialAndInTheEndItsDirectory) {
  {
    ForkRunner forks(setup_, runnables());
    for (const char* strategy : {"sleeps", "torn", "throws"}) {
      EXPECT_TRUE(forks.run({.cell = cell_of(strategy)}, {}));
      EXPECT_TRUE(fs::is_empty(forks.directory())) << strategy;
    }
  }
  EXPECT_TRUE(fs::is_empty(parent_.path()));
}

TEST_F(ForkRunnerTest, GivesATrialUpWhenItIsToldTo) {
  ForkRunner forks(setup_, runnables());
  EXPECT_FALSE(forks.run({.cell = cell_of("hangs")}, [] { return false; }));
  EXPECT_TRUE(fs::is_empty(forks.directory()));
  EXPECT_TRUE(forks.run({.cell = cell_of("sleeps")}, [] { return true; })) << "and can run the next one";
}

TEST_F(ForkRunnerTest, GivesItUpWhileItIsVerifiedToo) {
  setup_.in_process = true;  // nobody waits for such a trial: only its verification asks
  ForkRunner forks(setup_, runnables());
  EXPECT_FALSE(forks.run({.cell = cell_of("sleeps")}, [] { return false; }));
  EXPECT_TRUE(fs::is_empty(forks.directory()));
}

TEST_F(ForkRunnerTest, LeavesTheLastFileOfEachCellAndSaysWhichIsWhich) {
  setup_.keep_files = true;
  std::string directory;
  const std::string odd = "sleeps@a/b=" + std::string(300, 'x');  // no file could be named after it
  {
    auto all = runnables();
    all[odd] = all["sleeps"];
    ForkRunner forks(setup_, all);
    for (int trial = 0; trial < 2; ++trial) {
      EXPECT_EQ(forks.run({.cell = cell_of("sleeps", odd)}, {})->sample.outcome, Outcome::kOk);
      forks.run({.cell = cell_of("torn")}, {});
    }
    const auto kept = forks.keep();
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0].name, "1.txt");
    EXPECT_EQ(kept[0].cell_id, odd);
    EXPECT_EQ(kept[1].name, "2.txt");
    EXPECT_EQ(kept[1].cell_id, "torn");
    directory = forks.directory();
  }
  const NumberedLines content(20);
  EXPECT_EQ(content_of(directory + "/1.txt").size(), content.offset_bytes(20));
  EXPECT_FALSE(content_of(directory + "/2.txt").empty());
  EXPECT_EQ(std::distance(fs::directory_iterator(directory), fs::directory_iterator()), 2);
}

TEST_F(ForkRunnerTest, RemovesWhatNobodyKept) {
  setup_.keep_files = true;
  runner().run({.cell = cell_of("sleeps")}, {});
  EXPECT_TRUE(fs::is_empty(parent_.path()));
}

TEST_F(ForkRunnerTest, FailsIfTheDirectoryCannotBeUsed) {
  setup_.directory = "/nonexistent";
  EXPECT_THROW(runner(), IoError);
}

}  // namespace
}  // namespace writebench::engine
