#include "strategies/support/quick_lock.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <thread>
#include <vector>

namespace writebench::strategies {
namespace {

TEST(QuickLock, LetsOneInAtATime) {
  for (const unsigned threads : {1u, 2u, 7u}) {
    constexpr std::uint64_t kTimes = 5000;
    QuickLock lock(threads);
    std::uint64_t count = 0;  // not atomic: a lost update or the thread sanitizer shows a second one inside
    std::vector<std::thread> all;
    for (unsigned i = 0; i < threads; ++i) {
      all.emplace_back([&] {
        for (std::uint64_t k = 0; k < kTimes; ++k) {
          const std::lock_guard held(lock);
          ++count;
        }
      });
    }
    for (std::thread& thread : all) thread.join();
    EXPECT_EQ(count, threads * kTimes);
  }
}

}  // namespace
}  // namespace writebench::strategies
