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
  around.throttlings = 1;
  EXPECT_EQ(disturbances(around), Causes{"cpu-quota"});
  around = quiet();
  around.memory_pressure_ns = 100'000'000;
  EXPECT_EQ(disturbances(around), Causes{"memory-pressure"});
  around = quiet();
  around.stopped_attempts = 2;
  EXPECT_EQ(disturbances(around), Causes{}) << "the third attempt was not stopped";
  around.stopped_attempts = 3;
  EXPECT_EQ(disturbances(around), Causes{"stopped"});
}

TEST(Interference, TakeATickOrTwoForNoLoad) {
  Interference around = quiet();
  around.window_ns = 12'000'000;  // the first trial of a run has no longer a window
  around.other_cpu_ns = 20'000'000;
  around.stolen_ns = 10'000'000;
  EXPECT_EQ(disturbances(around), Causes{});
}

TEST(Interference, ShowsNoCauseThatIsNotListed) {
  Interference around;
  around.window_ns = 300'000'000;
  around.stolen_ns = around.other_cpu_ns = around.writeback_bytes = around.device_other_bytes = around.throttlings =
      around.memory_pressure_ns = around.stopped_attempts = 1 << 30;
  const Causes all = disturbances(around);
  const auto listed = disturbance_causes();
  EXPECT_EQ(all, Causes(listed.begin(), listed.end()));
}

// A machine whose totals the test sets. A trial is 100 ms long, and the next begins 300 ms later.
class FakeMachine {
 public:
  explicit FakeMachine(OwnWrites own)
      : monitor_({.system = [this] { return now_; }, .requested = [this] { return now_.requested; }}, own) {
    now_.device_bytes = now_.writeback_bytes = now_.busy_ns = now_.stolen_ns = now_.throttlings = 0;
  }

  struct Bytes {
    std::int64_t dirtied = 0;    ///< by the trial
    std::int64_t cancelled = 0;  ///< of these, by removing its file
    std::int64_t device = 0;     ///< written to the device meanwhile, whoever wanted it
  };

  Interference trial(const Bytes& bytes, std::uint64_t syncs = 0, std::int64_t throttlings = 0) {
    now_.at_ns += 300'000'000;
    monitor_.trial_begins();
    now_.at_ns += 100'000'000;
    now_.requested.dirtied += bytes.dirtied;
    *now_.device_bytes += bytes.device;
    *now_.throttlings += throttlings;
    monitor_.trial_ended(syncs);
    now_.requested.cancelled += bytes.cancelled;
    return monitor_.of_last_trial();
  }

  SystemReading& now() { return now_; }

 private:
  SystemReading now_;
  InterferenceMonitor monitor_;
};

constexpr OwnWrites kJournal{.bytes_per_sync = 20'000, .bytes_per_trial = 50'000};

TEST(InterferenceMonitor, TakesATrialsDataAndTheJournalOfItsSyncsForItsOwn) {
  FakeMachine machine(kJournal);
  const std::int64_t own_bytes = 4'096'000 + 1000 * 20'000 + 50'000;
  EXPECT_EQ(machine.trial({.dirtied = 4'096'000, .device = own_bytes}, 1000).device_other_bytes, 0);
  EXPECT_EQ(machine.trial({.dirtied = 4'096'000, .device = own_bytes + 7}, 1000).device_other_bytes, 7);
}

TEST(InterferenceMonitor, StillFindsWhatOthersWriteBesideATrialThatSyncs) {
  FakeMachine machine(kJournal);
  const auto around = machine.trial({.dirtied = 4'096'000, .device = 30'000'000 + (64 << 20)}, 1000);
  EXPECT_EQ(disturbances(around), Causes{"disk-load"});
}

TEST(InterferenceMonitor, DoesNotHideOthersBehindDataThatNeverReachedTheDevice) {
  FakeMachine machine(kJournal);
  const auto around = machine.trial({.dirtied = 500 << 20, .cancelled = 500 << 20, .device = 50'000 + (64 << 20)});
  EXPECT_EQ(around.device_other_bytes, 64 << 20);
  EXPECT_EQ(disturbances(around), Causes{"disk-load"});
}

TEST(InterferenceMonitor, TakesDataThatIsWrittenAfterATrialForThatOfTheTrial) {
  FakeMachine machine({});
  EXPECT_EQ(machine.trial({.dirtied = 64 << 20}).device_other_bytes, 0);
  *machine.now().device_bytes += 64 << 20;  // the file was kept, and the next trial settles
  machine.now().at_ns -= 300'000'000;       // at once, so that one window holds both
  EXPECT_EQ(machine.trial({}).device_other_bytes, 0);
}

TEST(InterferenceMonitor, TakesPagesOfTheTrialBeforeForOwnWriteback) {
  FakeMachine machine({});
  machine.trial({.dirtied = 64 << 20});
  machine.now().writeback_bytes = 48 << 20;
  machine.now().at_ns -= 300'000'000;
  EXPECT_EQ(machine.trial({}).writeback_bytes, 0);
  machine.now().writeback_bytes = 48 << 20;
  EXPECT_EQ(machine.trial({}).writeback_bytes, 48 << 20) << "its own is long written";
}

TEST(InterferenceMonitor, CountsTheThrottlingsOfTheTrialAlone) {
  FakeMachine machine({});
  EXPECT_EQ(machine.trial({}, 0, 3).throttlings, 3);
  machine.now().at_ns -= 300'000'000;
  EXPECT_EQ(machine.trial({}).throttlings, 0);
  machine.now().throttlings.reset();
}

TEST(InterferenceMonitor, KnowsNothingOfADeviceOrAQuotaThatIsNotThere) {
  InterferenceMonitor monitor({.system = [] { return SystemReading{}; }}, kJournal);
  monitor.trial_begins();
  monitor.trial_ended(3);
  const Interference around = monitor.of_last_trial();
  EXPECT_FALSE(around.device_other_bytes || around.writeback_bytes || around.throttlings || around.other_cpu_ns);
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
  watch.trial_ended(0);
  const Interference seen = watch.of_last_trial();
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
  watch.trial_ended(0);
  const Interference seen = watch.of_last_trial();
  ::waitpid(other, nullptr, 0);
  EXPECT_GE(seen.other_cpu_ns.value_or(0), kBurnedNs - 50'000'000) << "the kernel counts in ticks of up to 10 ms";
}

}  // namespace
}  // namespace writebench::engine
