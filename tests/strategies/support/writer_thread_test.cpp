#include "strategies/support/writer_thread.hpp"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdio>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <system_error>

#include "engine/lines/numbered_lines.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"

namespace writebench::strategies {
namespace {

class WriterThreadTest : public testing::Test {
 protected:
  void look_again() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
  }
  template <class Ready>
  void wait_until(Ready ready) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, ready);
  }

  std::mutex mutex_;
  std::condition_variable changed_;
};

TEST_F(WriterThreadTest, EndsItsBodyInTheDestructor) {
  bool ended = false;
  {
    WriterThread writer;
    writer.start(
        [&] {
          wait_until([&] { return writer.ends(); });
          ended = true;
        },
        [this] { look_again(); });
    EXPECT_FALSE(writer.ends());
  }
  EXPECT_TRUE(ended);
}

TEST_F(WriterThreadTest, KeepsTheErrorThatEndedItAndWakesWhoeverWaits) {
  WriterThread writer;
  std::latch waiting(1);
  writer.start(
      [&] {
        waiting.wait();
        throw std::runtime_error("out of ink");
      },
      [this] { look_again(); });
  EXPECT_NO_THROW(writer.rethrow_if_failed());
  waiting.count_down();
  wait_until([&] { return writer.failed(); });
  for (int i = 0; i < 2; ++i) EXPECT_THROW(writer.rethrow_if_failed(), std::runtime_error);
}

TEST_F(WriterThreadTest, StartsBesideTheCallerIfThereIsAProcessorForEach) {
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  const auto processors = static_cast<std::uint64_t>(CPU_COUNT(&allowed));
  for (const std::uint64_t threads : {processors, processors + 1}) {
    WriterThread writer;
    int seen = 0;
    std::latch done(1);
    writer.start_beside(
        threads,
        [&] {
          cpu_set_t own;
          seen = ::sched_getaffinity(0, sizeof own, &own) == 0 ? CPU_COUNT(&own) : -1;
          done.count_down();
        },
        [] {});
    done.wait();
    const bool keeps_off = threads == processors && processors > 1;
    EXPECT_EQ(seen, static_cast<int>(processors) - (keeps_off ? 1 : 0));
  }
}

TEST_F(WriterThreadTest, NeverStartedIsFine) { const WriterThread writer; }

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they need more address space than any limit

// In a process that has room for the stacks of `threads` threads and no more: says what came of preparing a strategy.
[[noreturn]] void prepare_with_few_threads(const Descriptor& strategy, int threads) {
  std::size_t pages = 0;
  std::FILE* const statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%zu", &pages) != 1) std::abort();
  std::fclose(statm);
  const std::size_t used = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  const rlimit limit{used + (std::size_t{9} << 20) * static_cast<std::size_t>(threads) + (4u << 20), RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
  ::alarm(20);
  const engine::NumberedLines content(10);
  File file("unused", -1, {});
  Parameters parameters = tests::CellParameters{.lines = 10, .writers = 1000, .buffer_bytes = 1 << 10};
  for (const Option* option : strategy.options) {
    if (option->kind == Option::Kind::kBytes) parameters.set(*option, 1 << 10);
  }
  std::string came = "all started";
  try {
    Job job(parameters, content, file);
    strategy.make()->prepare(job);
  } catch (const std::exception& error) {
    came = error.what();
  }
  std::fprintf(stderr, "%s", came.c_str());
  ::_exit(0);
}

TEST(WriterThreads, FailInPrepareIfTheyOrTheirProducersCannotBeStarted) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");  // a new process, which keeps no stacks of earlier threads
  for (const char* name : {"double-buffered-thread", "queue-per-line", "swap-queue", "spsc-rings", "deferred-format"}) {
    const Descriptor& strategy = *find(name);
    EXPECT_EXIT(prepare_with_few_threads(strategy, 0), testing::ExitedWithCode(0),
                "^cannot start thread 1 of 1: Resource temporarily unavailable$")
        << name;
    if (!strategy.lists(kWriters)) continue;
    EXPECT_EXIT(prepare_with_few_threads(strategy, 4), testing::ExitedWithCode(0),
                "^cannot start thread [0-9]+ of 1000: Resource temporarily unavailable$")
        << name;
  }
}

#endif

}  // namespace
}  // namespace writebench::strategies
