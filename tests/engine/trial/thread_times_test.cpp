#include "engine/trial/thread_times.hpp"

#include <gtest/gtest.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <thread>
#include <vector>

namespace writebench::engine {
namespace {

int word = 0;

void wake(int operation) { ::syscall(SYS_futex, &word, operation, 1, nullptr, nullptr, 0); }

TEST(FutexWakes, CountsExactlyTheCallsThatWake) {
  const FutexWakes wakes;
  const auto before = wakes.count();
  if (!before) GTEST_SKIP() << "the kernel does not count futex calls for this user";
  for (int i = 0; i < 100; ++i) wake(FUTEX_WAKE_PRIVATE);
  for (int i = 0; i < 20; ++i) wake(FUTEX_WAKE);
  const timespec soon{.tv_sec = 0, .tv_nsec = 1000};
  ::syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, &soon, nullptr, 0);
  EXPECT_EQ(*wakes.count() - *before, 120);
}

TEST(FutexWakes, CountsThoseOfThreadsThatStartLater) {
  const FutexWakes wakes;
  const auto before = wakes.count();
  if (!before) GTEST_SKIP() << "the kernel does not count futex calls for this user";
  std::thread([] {
    for (int i = 0; i < 1000; ++i) wake(FUTEX_WAKE_PRIVATE);
  }).join();
  // Making and joining a thread may take a few more.
  EXPECT_GE(*wakes.count() - *before, 1000);
  EXPECT_LE(*wakes.count() - *before, 1020);
}

TEST(KernelWorkers, AreKnownByTheirNames) {
  const auto workers_beside = [](const char* name) {
    std::int64_t workers = 0;
    std::thread([&] {
      ::pthread_setname_np(::pthread_self(), name);
      workers = kernel_workers();
    }).join();
    return workers;
  };
  EXPECT_EQ(workers_beside("own"), 0);
  EXPECT_EQ(workers_beside("iou-wrk-17"), 1);
  EXPECT_EQ(workers_beside("iou-sqp-17"), 1);
}

TEST(ThreadTimes, TellThoseWhoWorkFromThoseWhoWait) {
  const ThreadReadings before = read_threads();
  ThreadReadings ended;
  std::thread([&] {
    timespec spent{};
    while (spent.tv_nsec < 20'000'000 && spent.tv_sec == 0) ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
    ended = read_this_thread();
  }).join();
  ASSERT_EQ(ended.size(), 1u);
  ended.merge(read_threads());
  const std::vector<ThreadTimes> threads = between(before, ended);
  ASSERT_GE(threads.size(), 2u);
  EXPECT_TRUE(threads[0].is_caller);
  EXPECT_LT(threads[0].run_ns, 10'000'000) << "it only waited";
  EXPECT_GT(threads[0].voluntary_switches, 0);
  std::int64_t most_ns = 0;
  for (const ThreadTimes& thread : threads) most_ns = std::max(most_ns, thread.run_ns);
  EXPECT_GE(most_ns, 15'000'000);
}

}  // namespace
}  // namespace writebench::engine
