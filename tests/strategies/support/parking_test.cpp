#include "strategies/support/parking.hpp"

#include <gtest/gtest.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <thread>
#include <vector>

namespace writebench::strategies {
namespace {

using std::chrono::milliseconds;

constexpr std::uint64_t kFew = 1;         // threads, for which there are processors: waiting ones spin
constexpr std::uint64_t kMany = 100'000;  // more than processors: waiting ones sleep at once

class ParkingOf : public testing::TestWithParam<std::tuple<std::uint64_t, Parking::Fence>> {
 protected:
  Parking parking_{std::get<0>(GetParam()), std::get<1>(GetParam())};
};

TEST_P(ParkingOf, LetsThroughWhatIsReady) {
  parking_.wait_until([] { return true; });
  EXPECT_TRUE(parking_.wait_until([] { return true; }, Parking::Clock::time_point::min()));
  EXPECT_TRUE(parking_.spin_until([] { return true; }));
  EXPECT_FALSE(parking_.spin_until([] { return false; }));
}

TEST_P(ParkingOf, GivesUpAtTheEndOfTheTime) {
  const auto end = Parking::Clock::now() + milliseconds(2);
  EXPECT_FALSE(parking_.wait_until([] { return false; }, end));
  EXPECT_GE(Parking::Clock::now(), end);
  EXPECT_FALSE(parking_.wait_until([] { return false; }, Parking::Clock::time_point::min()));
}

// Two threads take turns: each waits for the other's store. One wake-up that is missed holds them for ever.
TEST_P(ParkingOf, MissesNoWakeUp) {
  constexpr int kTurns = 2000;
  std::atomic<int> turn = 0;
  const auto play = [&](int own) {
    for (int i = own; i < kTurns; i += 2) {
      parking_.wait_until([&] { return turn.load(std::memory_order_acquire) == i; });
      turn.store(i + 1, std::memory_order_release);
      parking_.wake_all();
    }
  };
  std::thread other([&] { play(1); });
  play(0);
  other.join();
  EXPECT_EQ(turn, kTurns);
}

TEST_P(ParkingOf, WakesAllThatWait) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 100;
  std::atomic<int> round = 0;
  std::atomic<int> arrived = 0;
  Parking all_arrived(kMany);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int next = 1; next <= kRounds; ++next) {
        parking_.wait_until([&] { return round.load(std::memory_order_acquire) >= next; });
        arrived.fetch_add(1);
        all_arrived.wake_all();
      }
    });
  }
  for (int next = 1; next <= kRounds; ++next) {
    round.store(next, std::memory_order_release);
    parking_.wake_all();
    all_arrived.wait_until([&] { return arrived == next * kThreads; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(arrived, kRounds * kThreads);
}

TEST_P(ParkingOf, LeavesTheProcessorsOfAThreadAsTheyWere) {
  cpu_set_t before, after;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  std::atomic<int> turn = 0;
  std::thread other([&] {
    for (int i = 0; i < 50; ++i) {
      std::this_thread::sleep_for(milliseconds(1));
      turn.store(i + 1, std::memory_order_release);
      parking_.wake_all();
    }
  });
  for (int i = 0; i < 50; ++i) parking_.wait_until([&] { return turn.load(std::memory_order_acquire) > i; });
  other.join();
  ASSERT_EQ(::sched_getaffinity(0, sizeof after, &after), 0);
  EXPECT_TRUE(CPU_EQUAL(&before, &after));
}

INSTANTIATE_TEST_SUITE_P(Each, ParkingOf,
                         testing::Combine(testing::Values(kFew, kMany),
                                          testing::Values(Parking::Fence::kOfTheSleeper, Parking::Fence::kOfTheWaker)));

}  // namespace
}  // namespace writebench::strategies
