// The stages of dispatched writes, as the strategies that dispatch mark them.
#include "engine/trial/stages.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"

namespace writebench::strategies {
namespace {

using engine::Stage;
using engine::Stages;

class StagesOfStrategies : public testing::Test {
 protected:
  std::optional<Stages> stages_of(std::string_view name, const tests::CellParameters& parameters, bool wakes = false) {
    const Descriptor& strategy = *find(name);
    const engine::NumberedLines content(parameters.lines);
    const engine::TrialFiles files(scratch_.file_paths(0, engine::file_count(strategy.contract, parameters.writers)));
    const auto result = engine::run_trial({.strategy = strategy,
                                           .parameters = parameters,
                                           .workload = {},
                                           .content = content,
                                           .files = files,
                                           .stages = true,
                                           .wakes = wakes});
    files.remove();
    EXPECT_EQ(result->sample.outcome, engine::Outcome::kOk) << result->sample.detail;
    return result->stages;
  }

  const engine::Scratch scratch_{testing::TempDir()};
};

TEST_F(StagesOfStrategies, OneDispatchPerLineIsAwaitedByNaiveAsync) {
  const auto stages = stages_of("naive-async", {.lines = 3000, .writers = 1, .threads = 1});
  ASSERT_TRUE(stages);
  EXPECT_EQ(stages->dispatches, 3000u);
  EXPECT_TRUE(stages->awaited);
  EXPECT_EQ(stages->queue_max, 0u) << "with one task, nothing waits in the queue";
  std::int64_t sum_ns = 0;
  for (const engine::StageTimes& stage : stages->stages) {
    EXPECT_EQ(stage.distribution.count, 3000u);
    sum_ns += stage.sum_ns;
  }
  EXPECT_EQ(sum_ns, stages->whole.sum_ns);
  EXPECT_EQ(stages->hand_over.distribution.count, 3000u);
#ifndef __SANITIZE_THREAD__  // which has threads of its own
  ASSERT_EQ(stages->threads.size(), 2u);
  EXPECT_TRUE(stages->threads[0].is_caller);
  EXPECT_FALSE(stages->threads[1].is_caller);
#endif
}

TEST_F(StagesOfStrategies, ManyTasksQueue) {
  const auto stages = stages_of("naive-async", {.lines = 3000, .writers = 10, .threads = 1});
  ASSERT_TRUE(stages);
  EXPECT_GT(stages->queue_max, 0u);
  EXPECT_LE(stages->queue_max, 9u);
}

TEST_F(StagesOfStrategies, NobodyAwaitsALineOfTheThreadPool) {
  const auto stages = stages_of("thread-pool", {.lines = 3000, .threads = 2});
  ASSERT_TRUE(stages);
  EXPECT_EQ(stages->dispatches, 3000u);
  EXPECT_FALSE(stages->awaited);
  EXPECT_EQ(stages->of(Stage::kAnswer).distribution.count, 0u);
  EXPECT_GE(stages->threads.size(), 2u) << "one of the two may have done all";
#ifndef __SANITIZE_THREAD__  // which has threads of its own
  EXPECT_LE(stages->threads.size(), 3u);
#endif
}

TEST_F(StagesOfStrategies, OneDispatchPerBlock) {
  for (const char* name : {"buffered", "double-buffered"}) {
    const auto stages = stages_of(name, {.lines = 10'000, .threads = 1, .buffer_bytes = 1000});
    ASSERT_TRUE(stages) << name;
    EXPECT_GE(stages->dispatches, 98'890u / 1000) << name;
    EXPECT_LE(stages->dispatches, 98'890u / (1000 - 11) + 1) << name;
  }
}

TEST_F(StagesOfStrategies, AreNoneWithoutDispatching) {
  for (const char* name : {"sync", "sync-buffered", "write-per-line", "pwrite-parallel"}) {
    EXPECT_FALSE(stages_of(name, {.lines = 100})) << name;
  }
}

TEST_F(StagesOfStrategies, CountTheWakeUps) {
  EXPECT_FALSE(stages_of("naive-async", {.lines = 30})->futex_wakes) << "nobody asked for them";
  const auto stages = stages_of("naive-async", {.lines = 3000, .writers = 1, .threads = 1}, true);
  ASSERT_TRUE(stages && stages->other_writes);
  EXPECT_LE(*stages->other_writes, 3000 + 10) << "the loop is woken at most once per line";
  if (!stages->futex_wakes) GTEST_SKIP() << "the kernel does not count futex calls for this user";
  EXPECT_GT(*stages->futex_wakes, 0);
  EXPECT_LE(*stages->futex_wakes, 3 * 3000);
}

}  // namespace
}  // namespace writebench::strategies
