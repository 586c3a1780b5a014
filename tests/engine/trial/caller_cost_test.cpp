#include "engine/trial/caller_cost.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <new>
#include <thread>

namespace writebench::engine {
namespace {

// The kernel says how much of a thread's time was the system's; the sum is read at another moment. So for a thread that
// mostly makes system calls the rest may come out below 0.
TEST(CallerCost, HasNoPartBelowZero) {
  for (int repetition = 0; repetition < 60; ++repetition) {
    CallerCost caller_cost;
    std::thread([&] {
      caller_cost.begin();
      for (int call = 0; call < 100; ++call) ::usleep(1);
      caller_cost.end();
    }).join();
    Cost cost;
    caller_cost.put_into(cost);
    EXPECT_EQ(caller_cost.threads(), 1);
    ASSERT_GE(cost.caller_user_cpu_ns, 0);
    ASSERT_GE(cost.caller_system_cpu_ns, 0);
    ASSERT_GT(*cost.caller_user_cpu_ns + *cost.caller_system_cpu_ns, 0);
  }
}

// Uses processor time, and makes so many system calls that count as writes.
void work(int writes) {
  const int null = ::open("/dev/null", O_WRONLY);
  for (int i = 0; i < writes; ++i) ASSERT_EQ(::write(null, "12345", 5), 5);
  ::close(null);
}

TEST(CallerCost, AddsWhatOtherProcessesCostBetweenTheirBeginAndTheirEnd) {
  void* const memory = ::mmap(nullptr, sizeof(CallerCost), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(memory, MAP_FAILED);
  auto& caller_cost = *new (memory) CallerCost;
  for (int process = 0; process < 2; ++process) {
    const pid_t id = ::fork();
    if (id == 0) {
      work(5000);
      caller_cost.begin();
      work(1000);
      caller_cost.end();
      work(5000);
      ::_exit(0);
    }
    ASSERT_EQ(::waitpid(id, nullptr, 0), id);
  }
  Cost cost;
  cost.user_cpu_ns = 1;
  cost.system_cpu_ns = 2;
  cost.write_syscalls = 10;
  cost.peak_rss_bytes = 1000;
  caller_cost.put_into(cost);
  EXPECT_EQ(cost.write_syscalls, 2010);
  EXPECT_FALSE(cost.written_bytes) << "this process's part is not known";
  EXPECT_FALSE(cost.peak_rss_bytes) << "it is that of one process";
  EXPECT_EQ(caller_cost.threads(), 0);
  const auto callers_ns = static_cast<double>(*cost.caller_user_cpu_ns + *cost.caller_system_cpu_ns);
  EXPECT_NEAR(static_cast<double>(*cost.user_cpu_ns + *cost.system_cpu_ns), callers_ns, 100'000)
      << "each of them has one thread";
  EXPECT_GT(*cost.caller_user_cpu_ns + *cost.caller_system_cpu_ns, 0);
  ::munmap(memory, sizeof(CallerCost));
}

}  // namespace
}  // namespace writebench::engine
