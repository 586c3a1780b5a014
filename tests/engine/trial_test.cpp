#include "engine/trial.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

#include "engine/counter_lines.hpp"
#include "engine/scratch.hpp"
#include "tests/strategies/faulty.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;

class TrialTest : public testing::Test {
 protected:
  std::optional<Sample> run(std::string_view strategy, milliseconds timeout = milliseconds(60'000),
                            bool in_process = false, const std::function<bool()>& waiting = {}) {
    const std::string path = scratch_.file_path("trial-" + std::to_string(++trials_));
    return run_trial({.strategy = tests::faulty(strategy),
                      .parameters = parameters_,
                      .content = content_,
                      .path = path,
                      .timeout = timeout,
                      .in_process = in_process},
                     waiting);
  }

  Scratch scratch_{testing::TempDir()};
  Parameters parameters_{.lines = 20};
  CounterLines content_{20};
  int trials_ = 0;
};

TEST_F(TrialTest, MeasuresWhatRanInOrderOfTheClocks) {
  const auto sample = run("sleeps");
  ASSERT_TRUE(sample);
  EXPECT_EQ(sample->outcome, Outcome::kOk) << sample->detail;
  ASSERT_TRUE(sample->submitted_ns && sample->drained_ns && sample->prepare_ns);
  EXPECT_GE(*sample->submitted_ns, 20'000'000) << "it sleeps a millisecond a line";
  EXPECT_GE(*sample->drained_ns, *sample->submitted_ns);
  EXPECT_EQ(sample->durable_ns, std::nullopt);
  EXPECT_EQ(sample->time_ns(), sample->drained_ns);
  EXPECT_EQ(sample->cost.write_syscalls, 20);
  EXPECT_GE(sample->cost.voluntary_switches.value_or(0), 20);
}

TEST_F(TrialTest, HasADurableTimeWhereSyncingWasAskedFor) {
  parameters_.durability.kind = Durability::Kind::kClose;
  const auto sample = run("sleeps");
  ASSERT_TRUE(sample && sample->durable_ns);
  EXPECT_GE(*sample->durable_ns, *sample->drained_ns);
  EXPECT_EQ(sample->time_ns(), sample->durable_ns);
}

TEST_F(TrialTest, TakesWhatAStrategyThrowsForItsOutcome) {
  for (const bool in_process : {false, true}) {
    const auto fails = [&](std::string_view strategy) { return run(strategy, milliseconds(60'000), in_process); };
    auto sample = fails("throws");
    EXPECT_EQ(sample->outcome, Outcome::kFailed);
    EXPECT_EQ(sample->detail, "out of ink");
    EXPECT_EQ(sample->time_ns(), std::nullopt);
    EXPECT_EQ(fails("throws-in-prepare")->detail, "no table free");
    EXPECT_EQ(fails("throws-oddly")->outcome, Outcome::kFailed);
    EXPECT_NE(fails("fails")->detail.find("at byte 17: No space left on device"), std::string::npos);
    sample = fails("unsupported");
    EXPECT_EQ(sample->outcome, Outcome::kUnavailable);
    EXPECT_EQ(sample->detail, "needs a kernel of next year");
  }
}

TEST_F(TrialTest, OutlivesACrashAndAnExit) {
  auto sample = run("crashes");
  EXPECT_EQ(sample->outcome, Outcome::kFailed);
#ifndef __SANITIZE_ADDRESS__  // which turns the signal into an exit
  EXPECT_NE(sample->detail.find("in run"), std::string::npos) << sample->detail;
#endif
  sample = run("exits");
  EXPECT_EQ(sample->outcome, Outcome::kFailed);
  EXPECT_EQ(sample->detail, "ended the process in run");
}

TEST_F(TrialTest, KillsOneThatHangs) {
  const auto sample = run("hangs", milliseconds(50));
  EXPECT_EQ(sample->outcome, Outcome::kTimeout);
  EXPECT_EQ(sample->detail, "killed in run after 50 ms");
}

TEST_F(TrialTest, StopsWhenTheCallerNoLongerWaits) {
  EXPECT_FALSE(run("hangs", milliseconds(60'000), false, [] { return false; }).has_value());
}

TEST_F(TrialTest, RefusesAFileThatIsThere) {
  trials_ = 6;
  run("sleeps");
  trials_ = 6;
  EXPECT_THROW(run("sleeps"), IoError);
}

}  // namespace

}  // namespace writebench::engine
