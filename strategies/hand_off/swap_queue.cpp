// Producers append to one buffer under a lock; one writer thread swaps it for an empty one and writes it. So a lock and
// a copy are all that a line costs, and what gathered while the last write was under way is one write. A buffer that is
// full before the writer comes is handed over by the producer that finds it so; if the writer has not finished the
// other one by then, producers wait, and nothing is dropped. Memory is two buffers of --buffer-size. The lines of one
// producer stay in order. With a flush-interval the writer comes only once the buffer is full, or that long after it
// last came, as loggers do. With 0 it comes whenever there is a line: then no line waits, but writes are small, and the
// writer holds up the producers at the lock. The simplest hand-off that is quick; with many producers at once the lock
// is what they wait for. folly's AsyncFileWriter and muduo's AsyncLogging swap so.
#include <atomic>
#include <chrono>
#include <optional>
#include <utility>

#include "strategies/support/parking.hpp"
#include "strategies/support/producer_threads.hpp"
#include "strategies/support/quick_lock.hpp"
#include "strategies/support/writer_thread.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kFlushInterval{.name = "flush-interval",
                                .key = "flush_interval_ns",
                                .summary = "how long a line may wait in the buffer",
                                .kind = Option::Kind::kNanoseconds,
                                .usual = 1'000'000'000,
                                .min = 0,
                                .max = 3'600'000'000'000};

class SwapQueue final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    const std::uint64_t threads = writers + std::uint64_t{1};
    filling_ = Block(job.value(kBufferSize));
    writing_ = Block(job.value(kBufferSize));
    each_line_ = job.each_line_durable();
    flush_interval_ = std::chrono::nanoseconds(each_line_ ? 0 : job.value(kFlushInterval));
    lock_.emplace(threads);
    swapped_changed_.emplace(
        threads, flush_interval_.count() == 0 ? Parking::Fence::kOfTheSleeper : Parking::Fence::kOfTheWaker);
    written_changed_.emplace(threads);
    writer_.start_beside(
        threads, [this, &file = job.file()] { write_buffers(file); },
        [this] {
          swapped_changed_->wake_all();
          written_changed_->wake_all();
        });
    producers_.start(job, writers, [this, &job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) append(line);
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    is_submitted_.store(true, std::memory_order_release);
    swapped_changed_->wake_all();
    wait_until([&] { return !has_lines(); });
  }

 private:
  void append(std::string_view line) {
    lock_->lock();
    while (!filling_.fits(line) && !filling_.empty()) [[unlikely]] make_room();
    filling_.append(line);
    const std::uint64_t appended = appended_.load(std::memory_order_relaxed) + 1;
    appended_.store(appended, std::memory_order_release);
    lock_->unlock();
    if (flush_interval_.count() == 0) swapped_changed_->wake_all();
    if (each_line_) wait_until([&] { return written_.load(std::memory_order_acquire) >= appended; });
  }

  // With the lock, which it may give up meanwhile.
  [[gnu::noinline]] void make_room() {
    if (!swapped_.load(std::memory_order_acquire)) return swap();
    lock_->unlock();
    wait_until([&] { return !swapped_.load(std::memory_order_acquire); });
    lock_->lock();
  }

  template <class Ready>
  void wait_until(Ready ready) {
    written_changed_->wait_until([&] { return ready() || writer_.failed(); });
    writer_.rethrow_if_failed();
  }

  // With the lock, and if nothing is swapped out.
  void swap() {
    std::swap(filling_, writing_);
    swapped_lines_ = appended_.load(std::memory_order_relaxed);
    swapped_.store(true, std::memory_order_release);
    swapped_changed_->wake_all();
  }

  void write_buffers(File& file) {
    for (;;) {
      wait_for_buffer();
      if (writer_.ends()) return;
      if (!has_lines()) continue;
      lock_->lock();
      if (!swapped_.load(std::memory_order_relaxed)) swap();
      lock_->unlock();
      file.write_all(writing_.take());
      written_.store(swapped_lines_, std::memory_order_release);
      swapped_.store(false, std::memory_order_release);
      written_changed_->wake_all();
    }
  }

  // Until a buffer is swapped out, or it is time to swap one out that is not full. What the producers store for each
  // line is not read unless it matters: each look would take it from their processor's cache.
  void wait_for_buffer() {
    const auto is_due = [this] {
      return swapped_.load(std::memory_order_acquire) || writer_.ends() ||
             ((flush_interval_.count() == 0 || is_submitted_.load(std::memory_order_acquire)) && has_lines());
    };
    if (flush_interval_.count() == 0) {
      swapped_changed_->wait_until(is_due);
    } else {
      swapped_changed_->wait_until(is_due, Parking::Clock::now() + flush_interval_);
    }
  }

  // Whether there is a line that is not written.
  bool has_lines() const {
    return appended_.load(std::memory_order_acquire) != written_.load(std::memory_order_acquire);
  }

  bool each_line_ = false;
  std::chrono::nanoseconds flush_interval_{0};
  // The producers store these for each line.
  alignas(64) std::optional<QuickLock> lock_;
  Block filling_;                           // under the lock
  std::atomic<std::uint64_t> appended_{0};  // lines; stored under the lock
  // What follows changes once for each buffer.
  alignas(64) Block writing_;        // the writer's while it is swapped out
  std::uint64_t swapped_lines_ = 0;  // so many were appended when it was
  std::atomic<bool> swapped_{false};
  std::atomic<std::uint64_t> written_{0};   // lines
  std::optional<Parking> swapped_changed_;  // the writer waits here,
  std::optional<Parking> written_changed_;  // and the producers here
  std::atomic<bool> is_submitted_{false};   // no more lines will come
  WriterThread writer_;
  ProducerThreads producers_;
};

}  // namespace

Descriptor swap_queue_entry() {
  return {.name = "swap-queue",
          .family = "hand-off",
          .summary = "producers append to one buffer, a thread swaps it out",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kWriterThread,
          .options = {&kWriters, &kBufferSize, &kFlushInterval},
          .simpler = {.strategy = "double-buffered-thread",
                      .adds = "locks it for each line",
                      .starting_with = {{&kWriters, 1}},
                      .growing = {{&kWriters, "has # producers"}}},
          .may_lose_bytes = [](const LossConditions& given) { return 2 * given.block_bytes(); },
          .make = make_strategy<SwapQueue>};
}

}  // namespace writebench::strategies
