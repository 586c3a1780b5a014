// libuv 1.44 as it is used well: the loop gathers lines in a block of --buffer-size and hands the full block to
// uv_fs_write(), with its offset, while the next block fills. A thread of libuv's pool calls pwrite(2) and wakes the
// loop through an eventfd(2). The two wake-ups of libuv-awaited are paid once for a block, and libuv copies nothing:
// the block stays as it is until its write has called back.
//
// So many writes as --queue-depth says may be in flight; each has its place, so they neither race nor mix the order.
// Memory is one block more than that. The loop waits if no further write may start. UV_THREADPOOL_SIZE (--threads) is
// the size of the pool, which libuv reads once in a process. Syncs are made by the pool too. libuv opens and closes the
// file itself. Good: the loop is free while the kernel copies. Bad: a few lines at a time gain nothing, and two writes
// to one file wait for each other in the kernel (docs/parallel-writes.md). Node's streams write so, one write at a
// time.
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LIBUV
#include <deque>
#include <optional>
#include <vector>

#include "strategies/libraries/uv_loop.hpp"
#include "writebench/block.hpp"
#endif

namespace writebench::strategies {
#if WRITEBENCH_HAS_LIBUV
namespace {

class LibuvBatched final : public Strategy {
 public:
  void prepare(Job& job) override {
    max_in_flight_ = job.value(kBlocksInFlight);
    loop_.emplace(job.value(kThreads));
    file_.open(job.path());
    for (std::uint64_t i = 0; i <= max_in_flight_; ++i) {
      Block block(job.value(kBufferSize));
      free_.push_back(&parts_.emplace_back(std::move(block), *loop_, job.file(), file_));
    }
    filling_ = take_free();
  }

  void run(Job& job) override { loop_->run(job, write_lines(job)); }

  void close(Job& job) override {
    file_.close(job.path());
    Strategy::close(job);
  }

 private:
  struct Part {
    Part(Block taken, UvLoop& loop, File& file, const UvFile& opened)
        : block(std::move(taken)), write(loop, file, opened, UvWrite::Place::kAtOffset) {}

    Block block;
    UvWrite write;
  };

  // Awaits the write that ends next, and throws the first error of any.
  struct EndOfWrite {
    static bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> task) const { strategy.waits_ = task; }
    void await_resume() const {
      if (strategy.failed_ != nullptr) strategy.failed_->write.throw_if_failed();
    }

    LibuvBatched& strategy;
  };

  UvTask write_lines(Job& job) {
    const bool each_line = job.each_line_durable();
    Lines lines = job.lines().awaited();
    for (const std::string_view line : lines) {
      if (const auto due = lines.due()) co_await loop_->until(*due);
      if (!filling_->block.fits(line)) {
        while (in_flight_ == max_in_flight_) co_await end_of_a_write();
        start_write();
      }
      filling_->block.append(line);
      if (each_line) {
        start_write();
        while (in_flight_ > 0) co_await end_of_a_write();
      }
    }
    job.submitted();
    while (in_flight_ == max_in_flight_) co_await end_of_a_write();
    start_write();
    while (in_flight_ > 0) co_await end_of_a_write();
  }

  Part* take_free() {
    Part* const part = free_.back();
    free_.pop_back();
    return part;
  }

  // Fewer than the most are in flight, so that a part is free.
  void start_write() {
    if (failed_ != nullptr) failed_->write.throw_if_failed();
    if (filling_->block.empty()) return;
    Part* const part = std::exchange(filling_, take_free());
    const std::string_view bytes = part->block.take();
    ++in_flight_;
    part->write.start(bytes, std::exchange(end_bytes_, end_bytes_ + bytes.size()), [this, part] { ended(part); });
  }

  void ended(Part* part) {
    --in_flight_;
    if (part->write.failed() && failed_ == nullptr) {
      failed_ = part;
    } else {
      free_.push_back(part);
    }
    if (waits_) std::exchange(waits_, nullptr).resume();
  }

  EndOfWrite end_of_a_write() { return {*this}; }

  std::uint64_t max_in_flight_ = 0;
  std::optional<UvLoop> loop_;
  UvFile file_;
  std::deque<Part> parts_;
  std::vector<Part*> free_;
  Part* filling_ = nullptr;
  Part* failed_ = nullptr;  // the first whose write failed
  std::uint64_t in_flight_ = 0;
  std::uint64_t end_bytes_ = 0;  // of what was handed over
  std::coroutine_handle<> waits_;
};

}  // namespace
#endif

Descriptor libuv_batched_entry() {
  Descriptor entry{
      .name = "libuv-batched",
      .family = "through a library",
      .summary = "a full block is a uv_fs_write in flight while the next one fills",
      .access = {.by_name = true},
      .options = {&kThreads, &kBufferSize, &kBlocksInFlight},
      .simpler = {.strategy = "sync-buffered",
                  .adds = "lets libuv's pool write them",
                  .starting_with = {{&kThreads, 1}, {&kBlocksInFlight, 1}},
                  .growing = {{&kThreads, "has # pool threads"}, {&kBlocksInFlight, "has # writes in flight"}}},
      .may_lose_bytes = [](const LossConditions& given) {
        return (given.parameters.value(kBlocksInFlight) + 1) * given.block_bytes();
      }};
#if WRITEBENCH_HAS_LIBUV
  entry.make = make_strategy<LibuvBatched>;
  return entry;
#else
  return without_library(std::move(entry), "libuv1-dev");
#endif
}

}  // namespace writebench::strategies
