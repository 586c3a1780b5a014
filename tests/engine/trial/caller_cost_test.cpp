#include "engine/trial/caller_cost.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

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
    EXPECT_EQ(caller_cost.producers(), 1);
    ASSERT_GE(cost.caller_user_cpu_ns, 0);
    ASSERT_GE(cost.caller_system_cpu_ns, 0);
    ASSERT_GT(*cost.caller_user_cpu_ns + *cost.caller_system_cpu_ns, 0);
  }
}

}  // namespace
}  // namespace writebench::engine
