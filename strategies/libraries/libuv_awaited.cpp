// Naive asynchronous writing with libuv 1.44, as a Node program does that awaits fs.write for each line: the loop hands
// one line to uv_fs_write(), and the next one when that has called back. libuv makes no write on the loop: it puts the
// request into the queue of its pool under a mutex and wakes a thread there (pthread_cond_signal(3)), which calls
// write(2) and wakes the loop through an eventfd(2). One line is in flight, so more threads do not help. libuv copies
// nothing.
//
// UV_THREADPOOL_SIZE (--threads) is the size of the pool: libuv reads it once in a process. Memory is one request. The
// order is that of the lines. A line that is to be durable is synced by the pool too. libuv opens and closes the file
// itself. Its own timers count in milliseconds; at a pace, the loop polls a timerfd(2) instead. Good: the loop serves
// others meanwhile. Bad: two wake-ups for each line, some hundred times what the write costs.
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LIBUV
#include <optional>

#include "strategies/libraries/uv_loop.hpp"
#endif

namespace writebench::strategies {
#if WRITEBENCH_HAS_LIBUV
namespace {

class LibuvAwaited final : public Strategy {
 public:
  void prepare(Job& job) override {
    loop_.emplace(job.value(kThreads));
    file_.open(job.path());
    write_.emplace(*loop_, job.file(), file_, UvWrite::Place::kAtPosition);
  }

  void run(Job& job) override { loop_->run(job, write_lines(job)); }

  void close(Job& job) override {
    file_.close(job.path());
    Strategy::close(job);
  }

 private:
  UvTask write_lines(Job& job) {
    std::uint64_t offset_bytes = 0;
    Lines lines = job.lines().awaited();
    for (const std::string_view line : lines) {
      if (const auto due = lines.due()) co_await loop_->until(*due);
      co_await write_->all_of(line, offset_bytes);
      offset_bytes += line.size();
    }
    job.submitted();
  }

  std::optional<UvLoop> loop_;
  UvFile file_;
  std::optional<UvWrite> write_;
};

}  // namespace
#endif

Descriptor libuv_awaited_entry() {
  Descriptor entry{.name = "libuv-awaited",
                   .family = "through a library",
                   .summary = "each line a uv_fs_write that the next one awaits",
                   .access = {.by_name = true},
                   .options = {&kThreads},
                   .simpler = {.strategy = "write-per-line",
                               .adds = "awaits libuv for each write",
                               .starting_with = {{&kThreads, 1}},
                               .growing = {{&kThreads, "has # pool threads"}}},
                   .may_lose_bytes = [](const LossConditions&) { return 0; }};
#if WRITEBENCH_HAS_LIBUV
  entry.make = make_strategy<LibuvAwaited>;
  return entry;
#else
  return without_library(std::move(entry), "libuv1-dev");
#endif
}

}  // namespace writebench::strategies
