// Buffered, with a second block: while the pool writes one, the task fills the other. Never two writes are in flight,
// because two would race for the file's end; a task that fills its block sooner than the last is written waits for
// that. Best where producing a block takes about as long as writing it; then the smaller of the two is hidden.
#include <functional>
#include <memory>
#include <optional>

#include "strategies/support/event_loop.hpp"
#include "strategies/support/on_pool.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

// At most one write under way on the pool. Everything but the write itself happens on the loop's thread.
class PendingWrite {
 public:
  PendingWrite(EventLoop& loop, asio::thread_pool& pool) : loop_(loop), pool_(pool) {}

  /// Starts a write; none may be under way. `bytes` must stay as they are until finished() returns.
  void start(File& file, std::string_view bytes) {
    running_ = true;
    dispatch(
        pool_, loop_.executor(), [&file, bytes] { file.write_all(bytes); },
        [this](std::exception_ptr error) {
          running_ = false;
          error_ = error;
          if (waiter_) std::exchange(waiter_, nullptr)();
        });
  }

  /// Waits until the write, if any, has finished, and throws what it threw.
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
  asio::thread_pool& pool_;
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
    for (const std::string_view line : job.lines()) {
      if (!filling_.fits(line)) co_await hand_off(job);
      filling_.append(line);
      if (job.each_line_durable()) {  // a line that has to be durable now leaves nothing to overlap
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
    pending_->start(job.file(), writing_.take());
  }

  Block filling_;
  Block writing_;  // these outlive the pool, which writes it
  EventLoop loop_;
  std::optional<PendingWrite> pending_;
  std::optional<asio::thread_pool> pool_;
};

}  // namespace

Descriptor double_buffered_entry() {
  return {.name = "double-buffered",
          .family = "hand-off",
          .summary = "two blocks: one write in flight while the next block fills",
          .options = {&kThreads, &kBufferSize},
          .make = make_strategy<DoubleBuffered>};
}

}  // namespace writebench::strategies
