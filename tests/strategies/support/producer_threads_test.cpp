#include "strategies/support/producer_threads.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <set>
#include <stdexcept>
#include <system_error>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial.hpp"
#include "tests/strategies/cell_parameters.hpp"

namespace writebench::strategies {
namespace {

class ProducerThreadsTest : public testing::Test {
 protected:
  engine::NumberedLines content_{100};
  File file_{"unused", -1, {}};
  JobHooks hooks_;
};

TEST_F(ProducerThreadsTest, RunsTheBodyOncePerWriterAndNotBeforeItIsReleased) {
  const Job job(tests::CellParameters{.writers = 5}, content_, file_);
  std::mutex mutex;
  std::multiset<unsigned> writers;
  ProducerThreads producers;
  producers.start(job, 5, [&](unsigned writer) {
    const std::lock_guard lock(mutex);
    writers.insert(writer);
  });
  {
    const std::lock_guard lock(mutex);
    EXPECT_TRUE(writers.empty());
  }
  producers.run();
  EXPECT_EQ(writers, (std::multiset<unsigned>{0, 1, 2, 3, 4}));
}

TEST_F(ProducerThreadsTest, RunsThemAtTheSameTime) {
  const Job job({}, content_, file_);
  std::latch all(4);
  ProducerThreads producers;
  producers.start(job, 4, [&](unsigned) { all.arrive_and_wait(); });
  producers.run();
}

TEST_F(ProducerThreadsTest, RunsASingleWriterOnTheThreadThatReleasesIt) {
  hooks_.producer_begins = [] { FAIL() << "the caller is the thread that runs the strategy"; };
  const Job job({}, content_, file_, hooks_);
  ProducerThreads producers;
  std::thread::id body;
  producers.start(job, 1, [&](unsigned writer) {
    EXPECT_EQ(writer, 0u);
    body = std::this_thread::get_id();
  });
  producers.run();
  EXPECT_EQ(body, std::this_thread::get_id());
  producers.start(job, 1, [](unsigned) { throw std::runtime_error("out of ink"); });
  EXPECT_THROW(producers.run(), std::runtime_error);
}

TEST_F(ProducerThreadsTest, RethrowsAnErrorAfterAllHaveEnded) {
  const Job job({}, content_, file_);
  std::atomic<int> ended = 0;
  ProducerThreads producers;
  producers.start(job, 4, [&](unsigned writer) {
    ++ended;
    if (writer % 2 == 1) throw std::runtime_error("out of ink");
  });
  EXPECT_THROW(producers.run(), std::runtime_error);
  EXPECT_EQ(ended, 4);
}

TEST_F(ProducerThreadsTest, EndsThemWithoutWorkIfItNeverRuns) {
  const Job job({}, content_, file_);
  std::atomic<int> bodies = 0;
  {
    ProducerThreads producers;
    producers.start(job, 3, [&](unsigned) { ++bodies; });
  }
  EXPECT_EQ(bodies, 0);
}

TEST_F(ProducerThreadsTest, MarksEachThreadAsAProducersFromBeforeItsReleaseToItsEnd) {
  std::atomic<int> begun = 0;
  std::atomic<int> ended = 0;
  hooks_.producer_begins = [&] { ++begun; };
  hooks_.producer_ends = [&] { ++ended; };
  const Job job({}, content_, file_, hooks_);
  ProducerThreads producers;
  producers.start(job, 3, [&](unsigned) {});
  EXPECT_EQ(begun, 3);
  EXPECT_EQ(ended, 0);
  producers.run();
  EXPECT_EQ(ended, 3);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they need more address space than any limit

std::size_t address_space_bytes() {
  std::size_t pages = 0;
  std::FILE* const statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%zu", &pages) != 1) std::abort();
  std::fclose(statm);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// In a process that has room for the stacks of a few threads only: says what came of starting many.
[[noreturn]] void start_too_many(const Job& job) {
  const rlimit limit{address_space_bytes() + (40u << 20), RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
  ::alarm(20);
  std::atomic<int> bodies = 0;
  const char* came = "all started";
  {
    ProducerThreads producers;
    try {
      producers.start(job, 1000, [&](unsigned) { ++bodies; });
    } catch (const std::system_error&) {
      came = "refused";
    }
  }
  std::fprintf(stderr, "%s, %d bodies ran", came, bodies.load());
  ::_exit(0);
}

TEST_F(ProducerThreadsTest, EndsThoseItCouldStartIfOneCannotBe) {
  const Job job({}, content_, file_);
  EXPECT_EXIT(start_too_many(job), testing::ExitedWithCode(0), "refused, 0 bodies ran");
}

#endif

constexpr std::int64_t kSpinNs = 30'000'000;

std::int64_t thread_cpu_ns() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000 + time.tv_nsec;
}

void spin() {
  for (const std::int64_t end = thread_cpu_ns() + kSpinNs; thread_cpu_ns() < end;) {
  }
}

// Each of three producers, and the thread that waits for them, uses so much processor time.
class Spins final : public Strategy {
 public:
  void prepare(Job& job) override {
    producers_.start(job, 3, [&job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) static_cast<void>(line);
      spin();
    });
  }
  void run(Job& job) override {
    producers_.run();
    job.submitted();
    for (int i = 0; i < 5; ++i) spin();
  }

 private:
  ProducerThreads producers_;
};

TEST(ProducerThreads, CostTheCallersWhatAllOfThemCost) {
  const engine::Scratch scratch(testing::TempDir());
  const engine::TrialFiles files(scratch.file_paths(0, 1));
  const engine::Workload workload;
  const engine::NumberedLines content(90);
  const tests::CellParameters parameters{.lines = 90, .writers = 3};
  const Descriptor spins{.name = "spins",
                         .family = "",
                         .summary = "",
                         .contract = {.order = Order::kNothing},
                         .make = make_strategy<Spins>};
  const auto trial = engine::run_trial(
      {.strategy = spins, .parameters = parameters, .workload = workload, .content = content, .files = files});
  ASSERT_EQ(trial->sample.outcome, engine::Outcome::kOk) << trial->sample.detail;
  const engine::Cost& cost = trial->sample.cost;
  const std::int64_t callers_ns = cost.caller_user_cpu_ns.value_or(0) + cost.caller_system_cpu_ns.value_or(0);
  // The kernel counts these in ticks on some machines: the margin is a third.
  EXPECT_GE(callers_ns, 2 * kSpinNs);
  EXPECT_LE(callers_ns, 4 * kSpinNs) << "what the waiting thread spends is not the callers'";
  EXPECT_GE(cost.user_cpu_ns.value_or(0) + cost.system_cpu_ns.value_or(0), 7 * kSpinNs);
  EXPECT_TRUE(cost.caller_run_delay_ns.has_value());
}

}  // namespace
}  // namespace writebench::strategies
