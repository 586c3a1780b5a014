// The mistake of the origin case, as aiofiles makes it: N tasks on one event loop share one buffered file; for every
// single line a task hands a job to a thread pool and awaits it. The line itself costs tens of nanoseconds; waking a
// pool thread and then the loop costs microseconds. At most one line of each writer is in flight, and the lines of one
// writer stay in order; those of different writers mix as the pool happens to run them.
#include <optional>

#include "strategies/support/event_loop.hpp"
#include "strategies/support/on_pool.hpp"
#include "strategies/support/stdio_stream.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class NaiveAsync final : public Strategy {
 public:
  void prepare(Job& job) override {
    stream_.emplace(job.file());
    pool_.emplace(job.value(kThreads));
  }

  void run(Job& job) override {
    for (unsigned writer = 0; writer < job.value(kWriters); ++writer) loop_.spawn(write_share(job, writer));
    loop_.run(job);
    job.submitted();
    stream_->flush();
  }

 private:
  asio::awaitable<void> write_share(Job& job, unsigned writer) {
    Lines lines = job.lines(writer).awaited();
    for (const std::string_view line : lines) {
      if (const auto due = lines.due()) co_await loop_.until(*due);
      co_await on_pool(job, *pool_, [&] { stream_->write(line, job.each_line_durable()); });
    }
  }

  std::optional<StdioStream> stream_;  // outlives the pool, which writes to it
  EventLoop loop_;
  std::optional<Pool> pool_;
};

}  // namespace

Descriptor naive_async_entry() {
  return {.name = "naive-async",
          .family = "dispatch",
          .summary = "tasks on one event loop, each line dispatched to a pool and awaited",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kSeveralThreads,
          .options = {&kWriters, &kThreads},
          .simpler = {.strategy = "thread-pool",
                      .adds = "awaits each answer",
                      .with = {{&kThreads, 1}},
                      .starting_with = {{&kWriters, 1}, {&kThreads, 1}},
                      .growing = {{&kWriters, "has # tasks at once"}, {&kThreads, "has # pool threads"}}},
          .may_lose_bytes = StdioStream::may_hold_bytes,
          .make = make_strategy<NaiveAsync>};
}

}  // namespace writebench::strategies
