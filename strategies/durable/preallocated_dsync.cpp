// One caller, one block, and a file opened with O_DSYNC: each write is on the device when it returns, without a sync
// call. The space has been written before, with zeros (in prepare, outside the clock, as a database sets up a segment
// of its log). So a write changes neither the size nor the allocation of the file, and the file system has no journal
// entry to commit: a write costs one transfer and one flush of the device, or a single write with FUA. The lines end
// where the zeros end, so nothing is cut off.
//
// Meant for --durability line, where each line is a write, and for as many bytes as a block has: each block is
// durable when it is written, also with the durabilities `none`, `close` and `bytes`, which ask for less.
// --sync-call does not apply. Memory is one block. The order is that of the caller. Good: the cheapest durable line on
// ext4 and XFS. Bad: the space must be known or guessed beforehand and is written twice; on a file system that copies
// on write (btrfs) written space is allocated anew, so nothing is gained. The logs of PostgreSQL
// (wal_sync_method=open_datasync, recycled segments), InnoDB (O_DSYNC), etcd and Oracle are written so.
#include <utility>

#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class PreallocatedDsync final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_ = Block(job.value(kBufferSize));
    job.file().write_zeros(job.bytes());
  }

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

Descriptor preallocated_dsync_entry() {
  return {.name = "preallocated-dsync",
          .family = "when durable",
          .summary = "one caller, O_DSYNC writes into space that was written before",
          .access = {.dsync = true},
          .effort = Effort::kKernel,
          .makes_space = [](const Parameters&) { return true; },
          .options = {&kBufferSize},
          .simpler = {.strategy = "sync-buffered", .adds = "each write durable, in place"},
          .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); },
          .make = make_strategy<PreallocatedDsync>};
}

}  // namespace writebench::strategies
