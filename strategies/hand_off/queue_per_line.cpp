// What most loggers that somebody made at home do, and spdlog's asynchronous one: producers push each line as an object
// of its own into a bounded queue under a mutex and notify one writer thread, which takes line after line and writes it
// through buffered stdio. At most queue-depth lines and in-flight-bytes bytes are in flight; a producer that is further
// ahead waits, and nothing is dropped. The lines of one producer stay in order. Good at keeping a slow disk away from
// callers that log seldom. Bad at many lines: each costs a lock on both sides and, whenever one side has caught up with
// the other, a wake-up, which takes longer than to write the line.
#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

#include "strategies/support/producer_threads.hpp"
#include "strategies/support/stdio_stream.hpp"
#include "strategies/support/writer_thread.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class QueuePerLine final : public Strategy {
 public:
  void prepare(Job& job) override {
    max_lines_ = job.value(kQueueDepth);
    max_bytes_ = job.value(kInFlightBytes);
    each_line_ = job.each_line_durable();
    stream_.emplace(job.file());
    writer_.start([this] { write_lines(); }, [this] { wake_everybody(); });
    producers_.start(job, static_cast<unsigned>(job.value(kWriters)), [this, &job](unsigned writer) {
      for (const std::string_view line : job.lines(writer)) push(line);
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    wait_until_written(pushed_);
    stream_->flush();
  }

 private:
  void push(std::string_view line) {
    std::unique_lock lock(mutex_);
    room_.wait(lock, [&] { return has_room_for(line.size()) || writer_.failed(); });
    writer_.rethrow_if_failed();
    lines_.emplace_back(line);
    bytes_in_flight_ += line.size();
    const std::uint64_t pushed = ++pushed_;
    lock.unlock();
    filled_.notify_one();
    if (each_line_) wait_until_written(pushed);
  }

  void wait_until_written(std::uint64_t lines) {
    std::unique_lock lock(mutex_);
    acknowledged_.wait(lock, [&] { return written_ >= lines || writer_.failed(); });
    writer_.rethrow_if_failed();
  }

  bool has_room_for(std::size_t bytes) const {
    const std::uint64_t in_flight = pushed_ - written_;
    return in_flight == 0 || (in_flight < max_lines_ && bytes_in_flight_ + bytes <= max_bytes_);
  }

  void write_lines() {
    std::unique_lock lock(mutex_);
    for (;;) {
      filled_.wait(lock, [this] { return !lines_.empty() || writer_.ends(); });
      if (writer_.ends()) return;
      const std::string line = std::move(lines_.front());
      lines_.pop_front();
      lock.unlock();
      stream_->write(line, each_line_);
      lock.lock();
      ++written_;
      bytes_in_flight_ -= line.size();
      room_.notify_one();
      if (each_line_ || lines_.empty()) acknowledged_.notify_all();
    }
  }

  void wake_everybody() {
    const std::lock_guard lock(mutex_);  // nobody is between looking and waiting
    filled_.notify_all();
    room_.notify_all();
    acknowledged_.notify_all();
  }

  std::uint64_t max_lines_ = 0;
  std::uint64_t max_bytes_ = 0;
  bool each_line_ = false;
  std::mutex mutex_;
  std::condition_variable filled_;        // the writer waits here
  std::condition_variable room_;          // producers wait here before they push
  std::condition_variable acknowledged_;  // and here afterwards if each line is to be durable; run() waits here too
  std::deque<std::string> lines_;
  std::uint64_t pushed_ = 0;   // lines; those pushed and not yet written are in flight
  std::uint64_t written_ = 0;  // lines
  std::uint64_t bytes_in_flight_ = 0;
  std::optional<StdioStream> stream_;
  WriterThread writer_;
  ProducerThreads producers_;
};

}  // namespace

Descriptor queue_per_line_entry() {
  return {.name = "queue-per-line",
          .family = "hand-off",
          .summary = "producers queue each line and wake one writer thread",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kWriterThread,
          .options = {&kWriters, &kQueueDepth, &kInFlightBytes},
          .simpler = {.strategy = "sync",
                      .adds = "queues each for a thread",
                      .starting_with = {{&kWriters, 1}},
                      .growing = {{&kWriters, "has # producers"}}},
          .may_lose_bytes =
              [](const LossConditions& given) {
                const std::uint64_t lines = given.parameters.value(kQueueDepth);
                const std::uint64_t bytes = std::max(given.parameters.value(kInFlightBytes), given.longest_line_bytes);
                return std::min(lines * given.longest_line_bytes, bytes) + StdioStream::may_hold_bytes(given);
              },
          .make = make_strategy<QueuePerLine>};
}

}  // namespace writebench::strategies
