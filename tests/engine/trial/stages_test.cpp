#include "engine/trial/stages.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <memory>
#include <thread>

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPlanted{20};
constexpr double kPlantedNs = 20e6;

class StagesTest : public testing::Test {
 protected:
  // Only the planted stages are long.
  void expect_only(std::initializer_list<Stage> planted) {
    const Stages stages = record_->stages();
    double sum_ns = 0;
    for (std::size_t i = 0; i < kStages; ++i) {
      const auto stage = static_cast<Stage>(i);
      const double longest_ns = static_cast<double>(stages.of(stage).distribution.max_ns);
      const bool is_planted = std::find(planted.begin(), planted.end(), stage) != planted.end();
      EXPECT_EQ(longest_ns >= kPlantedNs, is_planted) << to_string(stage) << ": " << longest_ns;
      sum_ns += static_cast<double>(stages.of(stage).sum_ns);
    }
    EXPECT_DOUBLE_EQ(sum_ns, static_cast<double>(stages.whole.sum_ns)) << "the stages are the whole";
  }

  // One write that is handed to a thread and awaited, with a wait in one place.
  void dispatch(Stage planted) {
    const auto wait_in = [&](Stage stage) {
      if (stage == planted) std::this_thread::sleep_for(kPlanted);
    };
    const DispatchMarks marks(&observer_);
    std::promise<void> ended;
    std::thread pool([&] {
      wait_in(Stage::kWakeUp);
      marks.starts();
      wait_in(Stage::kTakeUp);
      marks.call_begins();
      wait_in(Stage::kCall);
      marks.call_ends();
      ended.set_value();
      marks.thread_is_free();
    });
    marks.handed_over();
    ended.get_future().wait();
    wait_in(Stage::kAnswer);
    marks.goes_on();
    pool.join();
  }

  const std::unique_ptr<StageRecord> record_ = std::make_unique<StageRecord>();
  StageObserver observer_{*record_};
};

TEST_F(StagesTest, ShowAWaitWhereItIs) {
  for (const Stage stage : {Stage::kWakeUp, Stage::kTakeUp, Stage::kCall, Stage::kAnswer}) {
    SCOPED_TRACE(to_string(stage));
    dispatch(stage);
    const Stages stages = record_->stages();
    EXPECT_GE(static_cast<double>(stages.of(stage).distribution.max_ns), kPlantedNs);
  }
  expect_only({Stage::kWakeUp, Stage::kTakeUp, Stage::kCall, Stage::kAnswer});
  EXPECT_EQ(record_->stages().dispatches, 4u);
  EXPECT_TRUE(record_->stages().awaited);
}

// The second piece of work waits for the thread that is busy with the first.
TEST_F(StagesTest, CountTheQueueApart) {
  const DispatchMarks first(&observer_);
  first.handed_over();
  const DispatchMarks second(&observer_);
  second.handed_over();
  std::thread([&] {
    for (const DispatchMarks* marks : {&first, &second}) {
      marks->starts();
      marks->call_begins();
      if (marks == &first) std::this_thread::sleep_for(kPlanted);
      marks->call_ends();
      marks->forgotten();
      marks->thread_is_free();
    }
  }).join();
  expect_only({Stage::kQueued, Stage::kCall});
  const Stages stages = record_->stages();
  EXPECT_FALSE(stages.awaited);
  EXPECT_EQ(stages.queue_sum, 1u);
  EXPECT_EQ(stages.queue_max, 1u);
  EXPECT_EQ(stages.of(Stage::kAnswer).distribution.count, 0u);
}

// The answer is there, but its caller still hands over the next piece of work.
TEST_F(StagesTest, CountTheCallersOtherWorkApart) {
  const DispatchMarks first(&observer_);
  first.handed_over();
  std::thread([&] {
    first.starts();
    first.call_begins();
    first.call_ends();
    first.thread_is_free();
  }).join();
  std::this_thread::sleep_for(kPlanted);
  const DispatchMarks second(&observer_);
  second.handed_over();
  first.goes_on();
  expect_only({Stage::kCallerBusy});
  std::thread([&] {
    second.starts();
    second.call_begins();
    second.call_ends();
    second.forgotten();
  }).join();
}

TEST_F(StagesTest, TimeTheHandOverBesideThem) {
  const DispatchMarks marks(&observer_);
  std::thread([&] {
    marks.starts();
    marks.call_begins();
    marks.call_ends();
    marks.forgotten();
  }).join();
  std::this_thread::sleep_for(kPlanted);
  marks.handed_over();
  expect_only({});
  EXPECT_GE(static_cast<double>(record_->stages().hand_over.sum_ns), kPlantedNs);
}

TEST_F(StagesTest, AreThoseOfAllThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) threads.emplace_back([&] { dispatch(Stage::kQueued); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(record_->stages().dispatches, 20u);
  EXPECT_EQ(record_->stages().whole.distribution.count, 20u);
}

TEST(DispatchMarks, DoNothingWithoutAnObserver) {
  const DispatchMarks marks(nullptr);
  marks.starts();
  marks.call_begins();
  marks.call_ends();
  marks.goes_on();
  marks.thread_is_free();
  marks.handed_over();
}

}  // namespace
}  // namespace writebench::engine
