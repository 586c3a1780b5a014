// W writers, each a thread with its own block. A writer whose block is full reserves the place for it by an atomic
// addition to the end of the file, and writes it there (pwrite(2)). No lock in the program, no sizes known beforehand:
// this is how writers that do not know of each other share one file. Each writer's lines stay in order, because it
// reserves one block after the other; those of different writers mix by whole blocks. Memory is one block for each
// writer. A reserved place is a hole until its block is written, so a reader that follows must be told how far the
// file is complete. Bad on ext4 and XFS, whose inode lock lets one buffered write into a file go on at a time
// (docs/parallel-writes.md). With a sync for each line, every writer syncs for itself. MPI_File_write_shared reserves
// places so in a file; Aeron, PostgreSQL and MySQL do it in the memory of their logs.
#include <atomic>
#include <vector>

#include "strategies/support/producer_threads.hpp"
#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class PwriteBlocks final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    for (unsigned writer = 0; writer < writers; ++writer) blocks_.emplace_back(job.value(kBufferSize));
    producers_.start(job, writers, [this, &job](unsigned writer) { write_share(job, writer); });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
  }

 private:
  void write_share(Job& job, unsigned writer) {
    Block block = std::move(blocks_[writer]);
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines(writer)) {
      if (!block.fits(line)) write(job.file(), block.take());
      block.append(line);
      if (each_line) write(job.file(), block.take());
    }
    write(job.file(), block.take());
  }

  void write(File& file, std::string_view bytes) {
    file.pwrite_all(bytes, end_bytes_.fetch_add(bytes.size(), std::memory_order_relaxed));
  }

  std::vector<Block> blocks_;
  std::atomic<std::uint64_t> end_bytes_ = 0;  // of the file, with the places that are reserved and not yet written
  ProducerThreads producers_;
};

}  // namespace

Descriptor pwrite_blocks_entry() {
  return {.name = "pwrite-blocks",
          .family = "parallel",
          .summary = "writers reserve a place in one file for each block and write it there",
          .contract = {.order = Order::kPerWriter},
          .effort = Effort::kLock,
          .options = {&kWriters, &kBufferSize},
          .simpler = {.strategy = "pwrite-parallel",
                      .adds = "reserves each block's place",
                      .with = {{&kThreads, 1}},
                      .starting_with = {{&kWriters, 1}},
                      .growing = {{&kWriters, "has # writers"}}},
          .may_lose_bytes =
              [](const LossConditions& given) { return given.parameters.value(kWriters) * given.block_bytes(); },
          .make = make_strategy<PwriteBlocks>};
}

}  // namespace writebench::strategies
