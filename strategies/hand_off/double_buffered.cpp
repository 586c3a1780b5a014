// Like buffered, with a second block: the task fills one while the pool writes the other. Two writes are never in
// flight, because they would race for the end of the file; a task that has filled its block before the last one is
// written waits for that write. Best if filling a block takes about as long as writing it; the smaller of the two times
// is hidden.
#include <functional>
#include <memory>
#include <optional>

#include "strategies/support/event_loop.hpp"
#include "strategies/support/on_pool.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

// At most one write in flight on the pool. Everything but the write itself happens on the loop's thread.
class PendingWrite {
 public:
  PendingWrite(EventLoop& loop, Pool& pool) : loop_(loop), pool_(pool) {}

  /// Starts a write; no other may be in flight. `bytes` must stay valid and unchanged until finished() returns.
  void start(Job& job, std::string_view bytes) {
    running_ = true;
    dispatch(
        job, pool_, loop_.executor(), [&job, bytes] { job.file().write_all(bytes); },
        [this](std::exception_ptr error) {
          running_ = false;
          error_ = error;
          if (waiter_) std::exchange(waiter_, nullptr)();
        });
  }

  /// Waits for the write, if there is one, and rethrows its error.
  asio::awaitable<void> finished() {
    if (running_) {
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(
          [this](auto handler) {
            waiter_ = [shared = std::make_shared<decltype(handler)>(std::move(handler))] { (*shared)(); };
          },
          asio::use_awaitable);
    }
    if (error_) std::rethrow_exception(error_);
  }

 private:
  EventLoop& loop_;
  Pool& pool_;
  bool running_ = false;
  std::exception_ptr error_;
  std::function<void()> waiter_;
};

class DoubleBuffered final : public Strategy {
 public:
  void prepare(Job& job) override {
    filling_ = Block(job.value(kBufferSize));
    writing_ = Block(job.value(kBufferSize));
    pool_.emplace(job.value(kThreads));
    pending_.emplace(loop_, *pool_);
  }

  void run(Job& job) override {
    loop_.spawn(write_lines(job));
    loop_.run(job);
  }

 private:
  asio::awaitable<void> write_lines(Job& job) {
    Lines lines = job.lines().awaited();
    for (const std::string_view line : lines) {
      if (const auto due = lines.due()) co_await loop_.until(*due);
      if (!filling_.fits(line)) co_await hand_off(job);
      filling_.append(line);
      if (job.each_line_durable()) {  // a line must be durable before the next one, so nothing can overlap
        co_await hand_off(job);
        co_await pending_->finished();
      }
    }
    job.submitted();
    co_await hand_off(job);
    co_await pending_->finished();
  }

  asio::awaitable<void> hand_off(Job& job) {
    co_await pending_->finished();
    if (filling_.empty()) co_return;
    std::swap(filling_, writing_);
    pending_->start(job, writing_.take());
  }

  Block filling_;
  Block writing_;  // the blocks outlive the pool, whose threads read them
  EventLoop loop_;
  std::optional<PendingWrite> pending_;
  std::optional<Pool> pool_;
};

}  // namespace

Descriptor double_buffered_entry() {
  return {.name = "double-buffered",
          .family = "hand-off",
          .summary = "two blocks: one write in flight while the next block fills",
          .effort = Effort::kSeveralThreads,
          .options = {&kThreads, &kBufferSize},
          .simpler = {.strategy = "buffered",
                      .adds = "fills a second one meanwhile",
                      .with = {{&kThreads, 1}},
                      .starting_with = {{&kThreads, 1}},
                      .growing = {{&kThreads, "has # pool threads"}}},
          .may_lose_bytes = [](const LossConditions& given) { return 2 * given.block_bytes(); },
          .make = make_strategy<DoubleBuffered>};
}

}  // namespace writebench::strategies
