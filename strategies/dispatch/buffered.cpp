// The smallest change that cures naive-async: still an event loop and a pool, but the task fills a block and dispatches
// one awaited write when the next line does not fit. The round trip to the pool is paid once per block instead of once
// per line. There is one block, and the task waits while it is written, so filling and writing never overlap.
#include <optional>

#include "strategies/support/event_loop.hpp"
#include "strategies/support/on_pool.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class Buffered final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_ = Block(job.value(kBufferSize));
    pool_.emplace(job.value(kThreads));
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
      if (!block_.fits(line)) co_await write_block(job);
      block_.append(line);
      if (job.each_line_durable()) co_await write_block(job);
    }
    job.submitted();
    co_await write_block(job);
  }

  asio::awaitable<void> write_block(Job& job) {
    if (block_.empty()) co_return;
    co_await on_pool(job, *pool_, [&job, bytes = block_.take()] { job.file().write_all(bytes); });
  }

  Block block_;  // outlives the pool, whose threads read it
  EventLoop loop_;
  std::optional<Pool> pool_;
};

}  // namespace

Descriptor buffered_entry() {
  return {.name = "buffered",
          .family = "dispatch",
          .summary = "a task fills a block and awaits one dispatched write per block",
          .effort = Effort::kSeveralThreads,
          .options = {&kThreads, &kBufferSize},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "lets a pool thread do that",
                      .starting_with = {{&kThreads, 1}},
                      .growing = {{&kThreads, "has # pool threads"}}},
          .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); },
          .make = make_strategy<Buffered>};
}

}  // namespace writebench::strategies
