#include "engine/run/fork_runner.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <new>
#include <span>
#include <sstream>
#include <stdexcept>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/run_marker.hpp"
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

  // Beside the marker that each scratch directory has.
  static bool has_no_files(const fs::path& directory) {
    return std::all_of(fs::directory_iterator(directory), fs::directory_iterator(),
                       [](const fs::directory_entry& entry) { return entry.path().filename() == kRunMarker; });
  }

  // What runners were to keep, and what a strategy left there.
  void TearDown() override {
    for (const fs::directory_entry& entry : fs::directory_iterator(parent_.path())) {
      if (entry.path().filename() != kRunMarker) fs::remove_all(entry.path());
    }
  }

  Scratch parent_{testing::TempDir()};
  ForkRunner::Setup setup_{.directory = parent_.path(), .timeout = std::chrono::minutes(1)};
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

TEST_F(ForkRunnerTest, HasTheThousandthLongestStallFromAThousandAppendsOn) {
  ForkRunner runner(setup_, runnables(1000));
  Cell cell = cell_of("trailing-garbage");
  for (const std::uint64_t lines : {999u, 1000u}) {
    cell.parameters.lines = lines;
    const auto result = runner.run({.cell = cell, .observe = true}, {});
    EXPECT_EQ(result->sample.stall_p999_ns.has_value(), lines == 1000) << result->sample.detail;
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
  setup_.timeout = milliseconds(300);
  const Sample hung = sample_of("hangs");
  EXPECT_EQ(hung.outcome, Outcome::kTimeout);
  EXPECT_TRUE(hung.total_ns) << "also of a trial without a time";
}

TEST_F(ForkRunnerTest, RemovesTheFileOfEachTrialAndInTheEndItsDirectory) {
  {
    ForkRunner forks(setup_, runnables());
    for (const char* strategy : {"sleeps", "torn", "throws"}) {
      EXPECT_TRUE(forks.run({.cell = cell_of(strategy)}, {}));
      EXPECT_TRUE(has_no_files(forks.directory())) << strategy;
    }
  }
  EXPECT_TRUE(has_no_files(parent_.path()));
}

TEST_F(ForkRunnerTest, GivesATrialUpWhenItIsToldTo) {
  ForkRunner forks(setup_, runnables());
  EXPECT_FALSE(forks.run({.cell = cell_of("hangs")}, [] { return false; }));
  EXPECT_TRUE(has_no_files(forks.directory()));
  EXPECT_TRUE(forks.run({.cell = cell_of("sleeps")}, [] { return true; })) << "and can run the next one";
}

TEST_F(ForkRunnerTest, GivesItUpWhileItIsVerifiedToo) {
  setup_.in_process = true;  // nobody waits for such a trial: only its verification asks
  ForkRunner forks(setup_, runnables());
  EXPECT_FALSE(forks.run({.cell = cell_of("sleeps")}, [] { return false; }));
  EXPECT_TRUE(has_no_files(forks.directory()));
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
  EXPECT_TRUE(has_no_files(parent_.path()));
}

// Lines that cannot be read again, like those of a file that somebody has cut.
class GoneLines final : public Content {
 public:
  enum class When { kArranged, kReadBack };

  explicit GoneLines(When when) : when_(when) {}

  std::uint64_t lines() const override { return lines_.lines(); }
  std::uint64_t offset_bytes(std::uint64_t line) const override { return lines_.offset_bytes(line); }
  std::size_t longest_line_bytes() const override { return lines_.longest_line_bytes(); }
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override {
    if (when_ == When::kReadBack && ::getpid() == made_by_) throw IoError("pread", "input", 5, EIO);
    return lines_.render(range, text, lengths);
  }
  void arrange(std::uint64_t) const override {
    if (when_ == When::kArranged) throw std::bad_alloc();
  }
  bool lines_are_unique() const override { return true; }
  std::optional<std::uint64_t> number_of(std::string_view text) const override { return lines_.number_of(text); }

 private:
  const When when_;
  const pid_t made_by_ = ::getpid();
  NumberedLines lines_{20};
};

TEST_F(ForkRunnerTest, TakesLinesThatCannotBeReadForTheOutcomeOfThatTrialAlone) {
  for (const auto when : {GoneLines::When::kArranged, GoneLines::When::kReadBack}) {
    auto all = runnables();
    all["sleeps"].content = std::make_shared<GoneLines>(when);
    all["sleeps"].strategy.options = {&kWriters};
    Cell cell = cell_of("sleeps");
    cell.parameters.set(kWriters, 1);
    ForkRunner forks(setup_, all);
    const Sample sample = forks.run({.cell = cell}, {})->sample;
    EXPECT_EQ(sample.outcome, Outcome::kFailed);
    EXPECT_EQ(sample.detail, when == GoneLines::When::kArranged
                                 ? "while preparing its lines: out of memory"
                                 : "while reading its files back: pread input at byte 5: Input/output error");
    EXPECT_TRUE(sample.total_ns);
    EXPECT_TRUE(has_no_files(forks.directory())) << "its file is removed";
    EXPECT_EQ(forks.run({.cell = cell_of("trailing-garbage")}, {})->sample.outcome, Outcome::kIncorrect);
  }
}

TEST_F(ForkRunnerTest, TakesAFileThatCannotBeMadeForTheOutcomeOfThatTrialAlone) {
  ForkRunner forks(setup_, runnables());
  fs::create_directory(forks.directory() + "/1.txt");
  Sample sample = forks.run({.cell = cell_of("sleeps")}, {})->sample;
  EXPECT_EQ(sample.outcome, Outcome::kFailed);
  EXPECT_EQ(sample.detail, "while making its files: unlink " + forks.directory() + "/1.txt: Is a directory");
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{0, before.rlim_max};
  ::setrlimit(RLIMIT_NOFILE, &none);
  sample = forks.run({.cell = cell_of("throws")}, {})->sample;
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(sample.outcome, Outcome::kFailed);
  EXPECT_EQ(sample.detail, "while making its files: open " + forks.directory() + "/2.txt: Too many open files");
  EXPECT_EQ(forks.run({.cell = cell_of("stops-once")}, {})->sample.outcome, Outcome::kOk);
  fs::remove(forks.directory() + "/1.txt");
}

TEST_F(ForkRunnerTest, TakesAFileThatIsRemovedWhileItsTrialRunsForTheOutcomeOfThatTrialAlone) {
  ForkRunner forks(setup_, runnables());
  for (const char* strategy : {"removes-its-file", "replaces-its-file"}) {
    const Sample sample = forks.run({.cell = cell_of(strategy)}, {})->sample;
    EXPECT_EQ(sample.outcome, Outcome::kIncorrect) << sample.detail;
  }
  EXPECT_EQ(forks.run({.cell = cell_of("sleeps")}, {})->sample.outcome, Outcome::kOk);
}

TEST_F(ForkRunnerTest, EndsTheRunIfItsDirectoryIsGone) {
  ForkRunner forks(setup_, runnables());
  fs::remove_all(forks.directory());
  try {
    forks.run({.cell = cell_of("sleeps")}, {});
    FAIL() << "it ran";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(forks.directory() + ", is gone, so no further trial can be run"),
              std::string::npos)
        << error.what();
  }
}

TEST_F(ForkRunnerTest, RunsATrialAgainThatASignalStopped) {
  ForkRunner forks(setup_, runnables());
  Sample sample = forks.run({.cell = cell_of("sleeps")}, {})->sample;
  EXPECT_EQ(sample.interference.stopped_attempts, std::nullopt);
  sample = forks.run({.cell = cell_of("stops-once")}, {})->sample;
  EXPECT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
  EXPECT_EQ(sample.interference.stopped_attempts, 1);
  EXPECT_EQ(std::count(sample.disturbances.begin(), sample.disturbances.end(), "stopped"), 0);
  sample = forks.run({.cell = cell_of("stops")}, {})->sample;
  EXPECT_EQ(sample.outcome, Outcome::kOk) << sample.detail;
  EXPECT_EQ(sample.interference.stopped_attempts, kMostAttempts);
  EXPECT_EQ(std::count(sample.disturbances.begin(), sample.disturbances.end(), "stopped"), 1);
}

TEST_F(ForkRunnerTest, KeepsTheFilesOfATrialThatFailedAndListsNoneThatIsNotThere) {
  setup_.keep_files = true;
  ForkRunner forks(setup_, runnables());
  forks.run({.cell = cell_of("throws")}, {});
  forks.run({.cell = cell_of("removes-its-file")}, {});
  const auto kept = forks.keep();
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].cell_id, "throws");
  fs::remove_all(forks.directory());
}

TEST_F(ForkRunnerTest, FailsIfTheDirectoryCannotBeUsed) {
  setup_.directory = "/nonexistent";
  EXPECT_THROW(runner(), IoError);
}

}  // namespace
}  // namespace writebench::engine
