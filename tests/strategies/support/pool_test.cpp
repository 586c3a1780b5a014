#include "strategies/support/pool.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <asio/post.hpp>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <latch>
#include <set>
#include <string>
#include <system_error>

#include "engine/lines/numbered_lines.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/cell_parameters.hpp"

namespace writebench::strategies {
namespace {

TEST(Pool, RunsWorkOnAllOfItsThreadsAtTheSameTime) {
  for (const unsigned threads : {1u, 2u, 5u}) {
    Pool pool(threads);
    std::latch all(threads);
    for (unsigned i = 0; i < threads; ++i) asio::post(pool.executor(), [&] { all.arrive_and_wait(); });
    pool.join();
    EXPECT_TRUE(all.try_wait()) << threads;
  }
}

TEST(Pool, HasDoneAllWorkWhenItHasBeenJoined) {
  Pool pool(3);
  std::atomic<int> done = 0;
  for (int i = 0; i < 1000; ++i) {
    asio::post(pool.executor(), [&, i] {
      ++done;
      if (i % 2 == 1) asio::post(pool.executor(), [&] { ++done; });
    });
  }
  pool.join();
  EXPECT_EQ(done, 1500);
  pool.join();
}

TEST(Pool, EndsItsThreadsIfItIsNeverJoined) {
  std::atomic<int> done = 0;
  {
    Pool pool(2);
    for (int i = 0; i < 10; ++i) asio::post(pool.executor(), [&] { ++done; });
  }
  EXPECT_LE(done, 10);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they need more address space than any limit

// Leaves this process room for the stacks of a few threads only, and ends it if something then waits for ever.
void leave_room_for_few_threads() {
  std::size_t pages = 0;
  std::FILE* const statm = std::fopen("/proc/self/statm", "r");
  if (statm == nullptr || std::fscanf(statm, "%zu", &pages) != 1) std::abort();
  std::fclose(statm);
  const rlimit limit{pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + (40u << 20), RLIM_INFINITY};
  ::setrlimit(RLIMIT_AS, &limit);
  ::alarm(20);
}

template <class Call>
[[noreturn]] void report(Call call) {
  leave_room_for_few_threads();
  std::string came = "all started";
  try {
    call();
  } catch (const std::system_error& error) {
    came = error.what();
  }
  std::fprintf(stderr, "%s", came.c_str());
  ::_exit(0);
}

TEST(Pool, SaysWhichThreadCouldNotBeStarted) {
  EXPECT_EXIT(report([] { const Pool pool(1000); }), testing::ExitedWithCode(0),
              "^cannot start thread [0-9]+ of 1000: Resource temporarily unavailable$");
}

TEST(Pool, FailsInPrepareOfEveryStrategyThatHasOne) {
  std::set<std::string> seen;
  for (const Descriptor& strategy : table()) {
    if (!strategy.lists(kThreads)) continue;
    seen.insert(strategy.name);
    const engine::NumberedLines content(10);
    File file("unused", -1, {});
    const Parameters parameters = tests::CellParameters{.lines = 10, .threads = 1000, .buffer_bytes = 1 << 10};
    EXPECT_EXIT(report([&] {
                  Job job(parameters, content, file);
                  strategy.make()->prepare(job);
                }),
                testing::ExitedWithCode(0), "^cannot start thread [0-9]+ of 1000: Resource temporarily unavailable$")
        << strategy.name;
  }
  EXPECT_TRUE(seen.contains("thread-pool") && seen.contains("pwrite-parallel")) << seen.size();
}

#endif

}  // namespace
}  // namespace writebench::strategies
