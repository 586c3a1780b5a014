// The usual service: several threads, one buffer, one mutex. A thread locks it, copies its line into the block, and
// writes the block if the next line does not fit, while the others wait for the lock. That is spdlog's synchronous
// `_mt` sink, log4cxx, glog, and every stdio stream that threads share (flockfile(3)).
//
// One Block of --buffer-size bounds memory. Each writer's lines stay in order. Good as long as the threads seldom log:
// one that holds the lock over a write holds all others, so the stall of each is that of the slowest; and the lock's
// cache line travels between the processors with every line.
#include <exception>
#include <mutex>

#include "strategies/support/producer_threads.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class MutexShared final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_ = Block(job.value(kBufferSize));
    producers_.start(job, job.writers(), [this, &job](unsigned writer) {
      const bool each_line = job.each_line_durable();
      for (const std::string_view line : job.lines(writer)) {
        const std::lock_guard lock(mutex_);
        if (error_) std::rethrow_exception(error_);
        append(job.file(), line, each_line);
      }
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    job.file().write_all(block_.take());
  }

 private:
  void append(File& file, std::string_view line, bool each_line) {
    try {
      if (!block_.fits(line)) file.write_all(block_.take());
      block_.append(line);
      if (each_line) file.write_all(block_.take());
    } catch (...) {
      error_ = std::current_exception();
      throw;
    }
  }

  std::mutex mutex_;
  Block block_;
  std::exception_ptr error_;  // the first; from then on every append throws it
  ProducerThreads producers_;
};

}  // namespace

Descriptor mutex_shared_entry() {
  return {.name = "mutex-shared",
          .family = "caller writes",
          .summary = "threads share one block under a mutex; who fills it writes it",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kLock,
          .options = {&kWriters, &kBufferSize},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "locks a mutex for each line",
                      .starting_with = {{&kWriters, 1}},
                      .growing = {{&kWriters, "has # threads at once"}}},
          .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); },
          .make = make_strategy<MutexShared>};
}

}  // namespace writebench::strategies
