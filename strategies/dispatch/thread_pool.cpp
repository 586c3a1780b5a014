// Fire and forget: one caller posts each line to a thread pool as a task and does not wait for it. The tasks share one
// buffered file and its lock. Memory is bounded: at most queue-depth lines and in-flight-bytes bytes are in flight, and
// the caller waits if it is further ahead. No order is promised, because a thread may be overtaken between taking a
// task and locking the file.
#include <algorithm>
#include <mutex>
#include <optional>
#include <semaphore>
#include <string>

#include "strategies/support/on_pool.hpp"
#include "strategies/support/stdio_stream.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class ThreadPool final : public Strategy {
 public:
  void prepare(Job& job) override {
    stream_.emplace(job.file());
    free_.emplace(static_cast<std::ptrdiff_t>(job.value(kQueueDepth)));
    pool_.emplace(job.value(kThreads));
  }

  void run(Job& job) override {
    for (const std::string_view line : job.lines()) {
      free_->acquire();
      take_bytes(line.size(), job.value(kInFlightBytes));
      if (failed_) break;
      dispatch_and_forget(job, *pool_, [this, text = std::string(line)] { write(text); });
    }
    job.submitted();
    pool_->join();
    if (error_) std::rethrow_exception(error_);
    stream_->flush();
  }

 private:
  void write(const std::string& line) {
    try {
      if (!failed_) stream_->write(line);
    } catch (...) {
      const std::lock_guard lock(error_mutex_);
      if (!error_) error_ = std::current_exception();
      failed_ = true;
    }
    bytes_in_flight_.fetch_sub(line.size());
    bytes_in_flight_.notify_one();
    free_->release();
  }

  // Waits until `bytes` more stay within the bound, or nothing is in flight.
  void take_bytes(std::uint64_t bytes, std::uint64_t max) {
    for (std::uint64_t now = bytes_in_flight_; now != 0 && now + bytes > max; now = bytes_in_flight_) {
      bytes_in_flight_.wait(now);
    }
    bytes_in_flight_.fetch_add(bytes);
  }

  std::optional<StdioStream> stream_;  // the members above the pool outlive it, because its threads use them
  std::optional<std::counting_semaphore<>> free_;
  std::atomic<std::uint64_t> bytes_in_flight_ = 0;
  std::atomic<bool> failed_ = false;
  std::mutex error_mutex_;
  std::exception_ptr error_;  // the first error; no line is written after it
  std::optional<Pool> pool_;
};

}  // namespace

Descriptor thread_pool_entry() {
  return {.name = "thread-pool",
          .family = "dispatch",
          .summary = "each line a pool task that nobody awaits, in-flight bounded",
          .contract = {.order = Order::kNone, .each_line_durable = false},
          .effort = Effort::kSeveralThreads,
          .options = {&kThreads, &kQueueDepth, &kInFlightBytes},
          .simpler = {.strategy = "sync",
                      .adds = "hands each over, not waiting",
                      .starting_with = {{&kThreads, 1}},
                      .growing = {{&kThreads, "has # pool threads"}}},
          .may_lose_bytes =
              [](const LossConditions& given) {
                const std::uint64_t lines = given.parameters.value(kQueueDepth);
                const std::uint64_t bytes = std::max(given.parameters.value(kInFlightBytes), given.longest_line_bytes);
                return std::min(lines * given.longest_line_bytes, bytes) + StdioStream::may_hold_bytes(given);
              },
          .make = make_strategy<ThreadPool>};
}

}  // namespace writebench::strategies
