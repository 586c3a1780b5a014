// Like double-buffered, but with a plain thread in the place of event loop and pool: the caller fills one block while
// the thread writes the other. Each of the two waits for the other by spinning for some microseconds and only then
// sleeps, so that a block is handed over without a wake-up as long as both are busy. One write is in flight at most; a
// caller that has filled its block before the last one is written waits for that write. Memory is two blocks of
// --buffer-size. Best if filling a block takes about as long as writing it: the smaller of the two times is hidden. It
// gains little if the blocks are small, or if the caller is much faster than the file. Seastar's output streams write
// one buffer behind in this way.
#include <utility>

#include "strategies/support/parking.hpp"
#include "strategies/support/writer_thread.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class DoubleBufferedThread final : public Strategy {
 public:
  void prepare(Job& job) override {
    filling_ = Block(job.value(kBufferSize));
    writing_ = Block(job.value(kBufferSize));
    writer_.start_beside(
        2, [this, &file = job.file()] { write_blocks(file); },
        [this] {
          handed_over_.wake_all();
          written_.wake_all();
        });
  }

  void run(Job& job) override {
    Block filling = std::move(filling_);  // a local object, so that its state can stay in registers
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      if (!filling.fits(line)) hand_over(filling);
      filling.append(line);
      if (each_line) {  // a line must be durable before the next one, so nothing can overlap
        hand_over(filling);
        wait_for_write();
      }
    }
    job.submitted();
    hand_over(filling);
    wait_for_write();
  }

 private:
  void hand_over(Block& filling) {
    wait_for_write();
    if (filling.empty()) return;
    std::swap(filling, writing_);
    is_handed_over_.store(true, std::memory_order_release);
    handed_over_.wake_all();
  }

  void wait_for_write() {
    written_.wait_until([this] { return !is_handed_over_.load(std::memory_order_acquire) || writer_.failed(); });
    writer_.rethrow_if_failed();
  }

  void write_blocks(File& file) {
    for (;;) {
      handed_over_.wait_until([this] { return is_handed_over_.load(std::memory_order_acquire) || writer_.ends(); });
      if (writer_.ends()) return;
      file.write_all(writing_.take());
      is_handed_over_.store(false, std::memory_order_release);
      written_.wake_all();
    }
  }

  Block filling_;
  Block writing_;  // the thread's while it is handed over
  std::atomic<bool> is_handed_over_{false};
  Parking handed_over_{2};
  Parking written_{2};
  WriterThread writer_;
};

}  // namespace

Descriptor double_buffered_thread_entry() {
  return {.name = "double-buffered-thread",
          .family = "hand-off",
          .summary = "two blocks: a thread writes one while the next block fills",
          .effort = Effort::kWriterThread,
          .options = {&kBufferSize},
          .simpler = {.strategy = "sync-buffered", .adds = "lets a thread write them"},
          .may_lose_bytes = [](const LossConditions& given) { return 2 * given.block_bytes(); },
          .make = make_strategy<DoubleBufferedThread>};
}

}  // namespace writebench::strategies
