#include "strategies/support/event_loop.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <asio/use_awaitable.hpp>
#include <stdexcept>
#include <vector>

#include "engine/lines/numbered_lines.hpp"

namespace writebench::strategies {
namespace {

using std::chrono::milliseconds;

class EventLoopTest : public testing::Test {
 protected:
  asio::awaitable<void> rest(milliseconds duration) {
    asio::steady_timer timer(loop_.executor(), duration);
    co_await timer.async_wait(asio::use_awaitable);
  }

  asio::awaitable<void> hold_the_loop_between_rests(milliseconds duration) {
    co_await rest(milliseconds(10));
    const auto end = std::chrono::steady_clock::now() + duration;
    while (std::chrono::steady_clock::now() < end) {
    }
    co_await rest(milliseconds(10));
  }

  static asio::awaitable<void> fail() {
    throw std::runtime_error("no");
    co_return;
  }

  Job watching() {
    return {{.lines = 0}, content_, file_, {.submitted = {}, .observe = {}, .loop_late_ns = [this](std::int64_t ns) {
                                              late_ns_.push_back(ns);
                                            }}};
  }

  engine::NumberedLines content_{0};
  File file_{"unused", -1, {}};
  EventLoop loop_;
  std::vector<std::int64_t> late_ns_;
};

TEST_F(EventLoopTest, RunsUntilItsTasksHaveEnded) {
  loop_.spawn(rest(milliseconds(2)));
  loop_.spawn(rest(milliseconds(1)));
  loop_.run(Job({.lines = 0}, content_, file_));
  EXPECT_TRUE(late_ns_.empty()) << "nobody asked";
}

TEST_F(EventLoopTest, LetsThroughWhatATaskThrows) {
  loop_.spawn(fail());
  EXPECT_THROW(loop_.run(Job({.lines = 0}, content_, file_)), std::runtime_error);
}

TEST_F(EventLoopTest, IsLateByAsLongAsItWasHeldOncePerPeriod) {
  loop_.spawn(hold_the_loop_between_rests(milliseconds(30)));
  const Job job = watching();
  loop_.run(job);
  ASSERT_GE(late_ns_.size(), 40u) << "a turn every millisecond, however late";
  const auto most = *std::max_element(late_ns_.begin(), late_ns_.end());
  EXPECT_GE(most, 28'900'000);
  const auto late_turns = std::count_if(late_ns_.begin(), late_ns_.end(), [](auto ns) { return ns > 1'000'000; });
  EXPECT_GE(late_turns, 28);
}

}  // namespace
}  // namespace writebench::strategies
