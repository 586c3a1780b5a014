// W writers, each a thread with its own block and its own file. Nothing is shared, neither in the program nor in the
// kernel: each file has an inode lock of its own. Memory is one block for each writer. File i holds the lines of writer
// i in order; there is no order between the files. Good: the only buffered way that gets much faster with processors
// (docs/parallel-writes.md). Bad: whoever reads has to merge, each file costs its creation and its sync, and many files
// scatter the device's writes. LTTng's streams (a file per processor), the part files of Hadoop and Spark (one per
// task) and Kafka's partitions are written so.
#include <vector>

#include "strategies/support/producer_threads.hpp"
#include "strategies/support/write_share.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class ShardedFiles final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    for (unsigned writer = 0; writer < writers; ++writer) blocks_.emplace_back(job.value(kBufferSize));
    producers_.start(job, writers, [this, &job](unsigned writer) {
      write_share(job, writer, std::move(blocks_[writer]), job.file(writer));
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
  }

 private:
  std::vector<Block> blocks_;
  ProducerThreads producers_;
};

}  // namespace

Descriptor sharded_files_entry() {
  return {.name = "sharded-files",
          .family = "parallel",
          .summary = "a file for each writer, filled by a thread with its own block",
          .contract = {.order = Order::kPerWriter, .layout = Layout::kFilePerWriter},
          .effort = Effort::kOwnBuffer,
          .options = {&kWriters, &kBufferSize},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "lets own threads do that",
                      .starting_with = {{&kWriters, 1}},
                      .growing = {{&kWriters, "has # writers and files"}}},
          .may_lose_bytes =
              [](const LossConditions& given) { return given.parameters.value(kWriters) * given.block_bytes(); },
          .make = make_strategy<ShardedFiles>};
}

}  // namespace writebench::strategies
