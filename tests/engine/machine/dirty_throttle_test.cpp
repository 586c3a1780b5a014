#include "engine/machine/dirty_throttle.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>

#include "engine/machine/interference.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;
using Channels = std::vector<std::string>;

TEST(Throttle, IsWhereOneThreadOfSeveralSleepsUntilLessIsDirty) {
  EXPECT_TRUE(held_for_dirty_memory({"balance_dirty_pages"}));
  EXPECT_TRUE(held_for_dirty_memory({"0", "futex_wait_queue", "balance_dirty_pages_ratelimited_flags"}));
}

TEST(Throttle, IsNotWhereTheyRunOrSleepForAnythingElse) {
  EXPECT_FALSE(held_for_dirty_memory({}));
  EXPECT_FALSE(held_for_dirty_memory({"0"}));
  EXPECT_FALSE(held_for_dirty_memory({"futex_wait_queue", "jbd2_log_wait_commit", "folio_wait_bit_common"}));
}

TEST(Throttle, SeesWhereTheThreadsOfAProcessSleep) {
  EXPECT_FALSE(wait_channels(::getpid()).empty()) << "proc(5) has no wchan here";
  EXPECT_TRUE(wait_channels(0).empty());
}

TEST(InterferenceMonitor, NotesWhereATrialWasFirstHeld) {
  Channels channels;
  InterferenceMonitor watch(
      {.system = [] { return SystemReading{}; }, .wait_channels = [&](pid_t) { return channels; }}, {});
  const auto look_at = [&](milliseconds since_clock_on, Channels now) {
    channels = std::move(now);
    watch.trial_runs(::getpid(), since_clock_on, {});
  };
  const auto trial = [&](bool is_held) {
    watch.trial_begins();
    look_at(milliseconds(100), {"0"});
    if (is_held) look_at(milliseconds(200), {"futex_wait_queue", "balance_dirty_pages"});
    look_at(milliseconds(300), {"0"});
    if (is_held) look_at(milliseconds(400), {"balance_dirty_pages"});
    watch.trial_ended(0);
    return watch.of_last_trial();
  };
  EXPECT_EQ(trial(true).throttled_from_ns, 200'000'000);
  EXPECT_TRUE(trial(true).throttled_from_bytes);
  EXPECT_FALSE(trial(false).throttled_from_ns || trial(false).throttled_from_bytes);
}

}  // namespace
}  // namespace writebench::engine
