#pragma once

#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <utility>

#include "writebench/job.hpp"

namespace writebench::strategies {

/// An event loop with the tasks of one run. Everything happens on the thread that calls run().
class EventLoop {
 public:
  asio::io_context::executor_type executor() { return context_.get_executor(); }

  /// Starts a task. An exception that leaves the task leaves run() too.
  void spawn(asio::awaitable<void> task) {
    ++tasks_;
    asio::co_spawn(context_, std::move(task), [this](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
      if (--tasks_ == 0) timer_.cancel();
    });
  }

  /// Awaits the moment at which a line is due (Lines::due()). The loop is free for other tasks meanwhile.
  asio::awaitable<void> until(DueLine line) {
    asio::steady_timer timer(context_, line.moment());
    co_await timer.async_wait(asio::use_awaitable);
    line.has_come();
  }

  /// Runs until every task has ended. If the job measures the lag of the loop, a timer runs beside the tasks.
  void run(const Job& job) {
    if (job.watches_loop() && tasks_ > 0) {
      timer_.expires_after(kPeriod);
      tick(job);
    }
    context_.run();
  }

 private:
  static constexpr std::chrono::milliseconds kPeriod{1};

  // The ticks are due on a fixed schedule: a loop that is held for ten periods counts as late ten times, not once.
  void tick(const Job& job) {
    timer_.async_wait([this, &job](asio::error_code error) {
      if (error) return;
      const auto late = std::chrono::steady_clock::now() - timer_.expiry();
      job.loop_was_late(std::chrono::duration_cast<std::chrono::nanoseconds>(late).count());
      if (tasks_ == 0) return;
      timer_.expires_at(timer_.expiry() + kPeriod);
      tick(job);
    });
  }

  asio::io_context context_{1};
  asio::steady_timer timer_{context_};
  unsigned tasks_ = 0;
};

}  // namespace writebench::strategies
