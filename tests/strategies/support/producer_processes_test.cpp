#include "strategies/support/producer_processes.hpp"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/trial.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"
#include "tests/strategies/contract.hpp"

namespace writebench::strategies {
namespace {

using std::chrono::milliseconds;

// In memory that the processes share.
struct Seen {
  std::atomic<int> bodies{0};
  std::atomic<unsigned> numbers{0};  // a bit for each
  std::atomic<pid_t> last{0};
  std::atomic<int> begun{0};
  std::atomic<int> ended{0};
};

class ProducerProcessesTest : public testing::Test {
 protected:
  ProducerProcessesTest() {
    seen_ = new (::mmap(nullptr, sizeof(Seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) Seen;
  }
  ~ProducerProcessesTest() override { ::munmap(seen_, sizeof(Seen)); }

  std::string message_of(ProducerProcesses& processes) {
    try {
      processes.run();
    } catch (const std::exception& error) {
      return error.what();
    }
    return "no error";
  }

  engine::NumberedLines content_{100};
  File file_{"unused", -1, {}};
  JobHooks hooks_;
  Seen* seen_ = nullptr;
};

TEST_F(ProducerProcessesTest, RunsTheBodyOncePerProcessAndNotBeforeItIsReleased) {
  const Job job({}, content_, file_);
  ProducerProcesses processes;
  const ProducerProcesses::Body body = [&](unsigned process) {
    ++seen_->bodies;
    seen_->numbers |= 1u << process;
  };
  processes.start(job, 5, body);
  EXPECT_EQ(seen_->bodies, 0);
  processes.run();
  EXPECT_EQ(seen_->bodies, 5);
  EXPECT_EQ(seen_->numbers, 0b11111u);
}

TEST_F(ProducerProcessesTest, RunsThemAtTheSameTime) {
  const Job job({}, content_, file_);
  ProducerProcesses processes;
  const ProducerProcesses::Body body = [&](unsigned) {
    ++seen_->bodies;
    while (seen_->bodies < 4) ::usleep(100);
  };
  processes.start(job, 4, body);
  processes.run();
}

TEST_F(ProducerProcessesTest, MarksEachAsAProducersFromBeforeItsReleaseToItsEnd) {
  hooks_.producer_begins = [&] { ++seen_->begun; };
  hooks_.producer_ends = [&] { ++seen_->ended; };
  const Job job({}, content_, file_, hooks_);
  ProducerProcesses processes;
  const ProducerProcesses::Body body = [](unsigned) {};
  processes.start(job, 3, body);
  EXPECT_EQ(seen_->begun, 3);
  EXPECT_EQ(seen_->ended, 0);
  processes.run();
  EXPECT_EQ(seen_->ended, 3);
}

TEST_F(ProducerProcessesTest, RethrowsAnErrorWithItsCodeAfterAllAreDone) {
  const Job job({}, content_, file_);
  ProducerProcesses processes;
  const ProducerProcesses::Body body = [&](unsigned process) {
    if (process == 1) throw IoError("write", "some/path", 17, ENOSPC);
    ::usleep(20'000);
    ++seen_->bodies;
  };
  processes.start(job, 4, body);
  try {
    processes.run();
    FAIL();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_STREQ(error.what(), "write some/path at byte 17: No space left on device");
  }
  EXPECT_EQ(seen_->bodies, 3);
}

TEST_F(ProducerProcessesTest, RethrowsOtherErrors) {
  const Job job({}, content_, file_);
  const ProducerProcesses::Body other = [](unsigned) { throw std::runtime_error("out of ink"); };
  ProducerProcesses processes;
  processes.start(job, 2, other);
  EXPECT_EQ(message_of(processes), "out of ink");
  const ProducerProcesses::Body memory = [](unsigned) { throw std::bad_alloc(); };
  ProducerProcesses without_memory;
  without_memory.start(job, 2, memory);
  EXPECT_THROW(without_memory.run(), std::bad_alloc);
}

TEST_F(ProducerProcessesTest, SaysWhichOneDiedAndHow) {
  const Job job({}, content_, file_);
  ProducerProcesses killed;
  const ProducerProcesses::Body dies = [&](unsigned process) {
    if (process == 2) ::kill(::getpid(), SIGKILL);
    ++seen_->bodies;
  };
  killed.start(job, 4, dies);
  EXPECT_EQ(message_of(killed), "process 3 of 4 was killed by signal 9 (SIGKILL)");
  EXPECT_EQ(seen_->bodies, 3);
  ProducerProcesses ended;
  const ProducerProcesses::Body ends = [](unsigned) { ::_exit(7); };
  ended.start(job, 1, ends);
  EXPECT_EQ(message_of(ended), "process 1 of 1 ended with status 7");
}

TEST_F(ProducerProcessesTest, SaysSoIfOneDiesBeforeItIsReleased) {
  hooks_.producer_begins = [] { ::_exit(3); };
  const Job job({}, content_, file_, hooks_);
  const ProducerProcesses::Body body = [](unsigned) {};
  ProducerProcesses processes;
  EXPECT_THROW(processes.start(job, 2, body), std::runtime_error);
}

TEST_F(ProducerProcessesTest, LeavesNoneBehind) {
  const Job job({}, content_, file_);
  const ProducerProcesses::Body body = [&](unsigned) {
    seen_->last = ::getpid();
    ++seen_->bodies;
  };
  { ProducerProcesses never_started; }
  {
    ProducerProcesses never_run;
    never_run.start(job, 3, body);
  }
  EXPECT_EQ(seen_->bodies, 0);
  {
    ProducerProcesses processes;
    processes.start(job, 3, body);
    processes.run();
    EXPECT_EQ(::kill(seen_->last, 0), 0) << "its end is not a part of the run";
  }
  EXPECT_NE(::kill(seen_->last, 0), 0);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

// A process that starts some, lets them work, and is killed.
TEST_F(ProducerProcessesTest, DieWithTheProcessThatStartedThem) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const Job job({}, content_, file_);
  const pid_t parent = ::fork();
  if (parent == 0) {
    const ProducerProcesses::Body body = [&](unsigned) {
      ++seen_->bodies;
      for (;;) ::pause();
    };
    ProducerProcesses processes;
    processes.start(job, 3, body);
    processes.run();
    ::_exit(0);
  }
  while (seen_->bodies < 3) std::this_thread::sleep_for(milliseconds(1));
  ::kill(parent, SIGKILL);
  int reaped = 0;
  int status = 0;
  while (::waitpid(-1, &status, 0) > 0) {
    EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    ++reaped;
  }
  EXPECT_EQ(reaped, 4);
  ::prctl(PR_SET_CHILD_SUBREAPER, 0);
}

TEST_F(ProducerProcessesTest, EndsThoseItCouldStartIfOneCannotBe) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit few{8 + 6, 8 + 6};  // descriptors: some are open, and each process takes one
    ::setrlimit(RLIMIT_NOFILE, &few);
    const Job job({}, content_, file_);
    const ProducerProcesses::Body body = [&](unsigned) { ++seen_->bodies; };
    int came = 1;
    {
      ProducerProcesses processes;
      try {
        processes.start(job, 50, body);
      } catch (const std::system_error& error) {
        came = error.code().value() == EMFILE ? 0 : 2;
      }
    }
    if (::waitpid(-1, nullptr, WNOHANG) != -1) came = 3;
    ::_exit(came);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(seen_->bodies, 0);
}

// What a trial says of append-per-line with several processes.
class TrialOfProcesses : public testing::Test {
 protected:
  engine::TrialResult run(const tests::CellParameters& cell, const engine::Workload& workload, bool observe) {
    const Descriptor& strategy = *find("append-per-line");
    const Parameters parameters = cell.of(strategy);
    const engine::NumberedLines content(cell.lines);
    const engine::TrialFiles files(scratch_.file_paths(0, 1));
    auto result = engine::run_trial({.strategy = strategy,
                                     .parameters = parameters,
                                     .workload = workload,
                                     .content = content,
                                     .files = files,
                                     .observe = observe});
    EXPECT_EQ(result->sample.outcome, engine::Outcome::kOk) << result->sample.detail;
    const auto verification =
        engine::verify({files.paths(), files.descriptors()}, content, strategy.contract, parameters.writers());
    EXPECT_TRUE(verification.right) << verification.describe();
    files.remove();
    return *result;
  }

  engine::Scratch scratch_{testing::TempDir()};
};

TEST_F(TrialOfProcesses, CountsWhatEachOfThemDid) {
  constexpr std::uint64_t kLines = 4001;
  for (const unsigned processes : {1u, 2u, 5u}) {
    const engine::TrialResult result = run({.lines = kLines, .processes = processes}, {}, true);
    const engine::Cost& cost = result.sample.cost;
    EXPECT_EQ(result.caller_stall.count, kLines);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they write to pipes of their own
    EXPECT_EQ(cost.write_syscalls, static_cast<std::int64_t>(kLines));
    EXPECT_EQ(cost.written_bytes, static_cast<std::int64_t>(engine::NumberedLines(kLines).offset_bytes(kLines)));
#endif
    EXPECT_EQ(cost.peak_rss_bytes.has_value(), processes == 1);
    EXPECT_EQ(cost.rss_growth_bytes.has_value(), processes == 1);
    ASSERT_TRUE(cost.caller_user_cpu_ns && cost.caller_system_cpu_ns && cost.user_cpu_ns && cost.system_cpu_ns);
    const std::int64_t callers_ns = *cost.caller_user_cpu_ns + *cost.caller_system_cpu_ns;
    EXPECT_GT(callers_ns, static_cast<std::int64_t>(kLines) * 100) << "a system call for each line";
    EXPECT_GE(*cost.user_cpu_ns + *cost.system_cpu_ns, callers_ns);
  }
}

TEST_F(TrialOfProcesses, SyncsWheneverAllOfThemTogetherHaveWrittenSoMuch) {
  const Durability durability{.kind = Durability::Kind::kBytes, .interval_bytes = 10'000};
  const engine::TrialResult bytes = run({.lines = 5000, .processes = 4, .durability = durability}, {}, false);
  EXPECT_EQ(bytes.syncs, 5u) << "48,890 bytes: four multiples, and one at the end";
  const engine::TrialResult line =
      run({.lines = 41, .processes = 4, .durability = {.kind = Durability::Kind::kLine}}, {}, false);
  EXPECT_EQ(line.syncs, 42u);
}

TEST_F(TrialOfProcesses, KeepsOnePaceForAll) {
  const engine::Workload workload{.pace = {.lines_per_second = 1000}};
  const engine::TrialResult result = run({.lines = 60, .processes = 3}, workload, true);
  EXPECT_GE(result.sample.drained_ns, 57'000'000) << "when the last lines are due";
  EXPECT_EQ(result.pace_late.count, 60u);
  EXPECT_GT(result.sample.cost.wait_cpu_ns.value_or(0), 0);
}

}  // namespace
}  // namespace writebench::strategies
