#include "engine/machine/interference.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <thread>

namespace writebench::engine {
namespace {

using Causes = std::vector<std::string>;

Interference quiet() {
  Interference around;
  around.window_ns = 300'000'000;
  around.stolen_ns = 0;
  around.other_cpu_ns = 10'000'000;
  around.writeback_bytes = 0;
  around.device_other_bytes = 100'000;
  around.memory_pressure_ns = 0;
  return around;
}

TEST(Interference, NameNoCauseOnAQuietMachineOrWhereNothingIsKnown) {
  EXPECT_EQ(disturbances(quiet()), Causes{});
  EXPECT_EQ(disturbances({}), Causes{});
}

TEST(Interference, NameEachCause) {
  Interference around = quiet();
  around.stolen_ns = 20'000'000;
  EXPECT_EQ(disturbances(around), Causes{"stolen-cpu"});
  around = quiet();
  around.other_cpu_ns = 290'000'000;
  EXPECT_EQ(disturbances(around), Causes{"other-load"});
  around = quiet();
  around.writeback_bytes = 64 << 20;
  EXPECT_EQ(disturbances(around), Causes{"writeback"});
  around = quiet();
  around.device_other_bytes = 64 << 20;
  EXPECT_EQ(disturbances(around), Causes{"disk-load"});
  around = quiet();
  around.memory_pressure_ns = 100'000'000;
  EXPECT_EQ(disturbances(around), Causes{"memory-pressure"});
}

TEST(Interference, TakeATickOrTwoForNoLoad) {
  Interference around = quiet();
  around.window_ns = 12'000'000;  // the first trial of a run has no longer a window
  around.other_cpu_ns = 20'000'000;
  around.stolen_ns = 10'000'000;
  EXPECT_EQ(disturbances(around), Causes{});
}

std::int64_t own_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

TEST(InterferenceMonitor, SeesTheProcessorTimeOfOthersButNotOurOwn) {
  InterferenceMonitor watch(".");
  watch.trial_begins();
  const std::int64_t before_ns = own_cpu_ns();
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(300);
  while (std::chrono::steady_clock::now() < end) {
  }
  const std::int64_t own_ns = own_cpu_ns() - before_ns;
  const Interference seen = watch.trial_ended(0);
  ASSERT_TRUE(seen.window_ns && seen.other_cpu_ns);
  EXPECT_GE(*seen.window_ns, 300'000'000);
  // All processors together had no more time than the window on each; ours of it is not the others'.
  const auto processors = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  EXPECT_LE(*seen.other_cpu_ns, processors * *seen.window_ns - own_ns + 50'000'000);
}

TEST(InterferenceMonitor, SeesTheProcessorTimeThatAnotherProcessBurns) {
  constexpr std::int64_t kBurnedNs = 200'000'000;
  InterferenceMonitor watch(".");
  watch.trial_begins();
  const pid_t other = ::fork();
  if (other == 0) {
    while (own_cpu_ns() < kBurnedNs) {
    }
    ::_exit(0);
  }
  ASSERT_GT(other, 0);
  // Not reaped before the reading: what a child used counts as ours once it was waited for.
  siginfo_t ended{};
  ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(other), &ended, WEXITED | WNOWAIT), 0);
  const Interference seen = watch.trial_ended(0);
  ::waitpid(other, nullptr, 0);
  EXPECT_GE(seen.other_cpu_ns.value_or(0), kBurnedNs - 50'000'000) << "the kernel counts in ticks of up to 10 ms";
}

}  // namespace
}  // namespace writebench::engine
