// One caller fills its own block and writes it when the next line does not fit. No locks, no threads, no wake-ups: the
// least work that a buffered writer can do. The caller is held for one write per block.
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class SyncBuffered final : public Strategy {
 public:
  void prepare(Job& job) override { block_ = Block(job.value(kBufferSize)); }

  void run(Job& job) override {
    Block block = std::move(block_);  // a local object, so that its state can stay in registers
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      if (!block.fits(line)) job.file().write_all(block.take());
      block.append(line);
      if (each_line) job.file().write_all(block.take());
    }
    job.submitted();
    job.file().write_all(block.take());
  }

 private:
  Block block_;
};

}  // namespace

Descriptor sync_buffered_entry() {
  return {.name = "sync-buffered",
          .family = "caller writes",
          .summary = "one caller fills a block and writes it itself",
          .effort = Effort::kOwnBuffer,
          .options = {&kBufferSize},
          .simpler = {.strategy = "copy-lines", .adds = "writes each full block"},
          .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); },
          .make = make_strategy<SyncBuffered>};
}

}  // namespace writebench::strategies
