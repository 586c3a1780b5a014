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

// Each line is due a few milliseconds after it was asked for.
class DueLater final : public LineObserver {
 public:
  void line_is_due() override { ADD_FAILURE() << "it would hold the loop"; }
  std::optional<Moment> line_to_await() override { return due_ = std::chrono::steady_clock::now() + milliseconds(5); }
  void line_has_come() override {
    ++came;
    EXPECT_GE(std::chrono::steady_clock::now(), due_);
  }
  void line_is_done() override {}

  int came = 0;

 private:
  Moment due_{};
};

TEST_F(EventLoopTest, RunsOtherTasksWhileOneAwaitsALine) {
  const engine::NumberedLines content(3);
  DueLater observer;
  int turns = 0;
  bool ended = false;
  const auto walk = [&]() -> asio::awaitable<void> {
    Lines lines = Lines(content, {0, 1, 3}, &observer).awaited();
    for (const std::string_view line : lines) {
      const int before = turns;
      if (const auto due = lines.due()) co_await loop_.until(*due);
      EXPECT_GT(turns, before);
      EXPECT_EQ(line.substr(0, 5), "line#");
    }
    ended = true;
  };
  const auto other = [&]() -> asio::awaitable<void> {
    while (!ended) {
      co_await rest(milliseconds(1));
      ++turns;
    }
  };
  loop_.spawn(walk());
  loop_.spawn(other());
  loop_.run(Job({.lines = 0}, content_, file_));
  EXPECT_EQ(observer.came, 3);
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
