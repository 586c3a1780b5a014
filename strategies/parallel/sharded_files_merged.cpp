// As sharded-files, and then the files are concatenated: the lines of writer 0, then those of writer 1, and so on. The
// shards are scratch files; copy_file_range(2) appends each to the result without bringing its bytes into the program.
// Copying begins when all writers have ended, in one thread, and is inside the clock: the callers are free before. So
// each writer's lines are in order, in one file. Memory is one block for each writer; the space on the disk is twice
// that of the lines. Good if the producers are what is slow, and where a file system shares extents instead of copying
// (XFS and btrfs with reflinks, for whole blocks of shards that are block-aligned in the result: hardly ever here).
// Bad: every byte goes through the page cache twice, and the end comes later by the copying. What has been written is
// in the shards until then, so a death before the end leaves nothing in the result. External sorts, map-reduce's
// getmerge and `split | … | cat` pipelines merge so.
#include <vector>

#include "strategies/support/producer_threads.hpp"
#include "strategies/support/write_share.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

class ShardedFilesMerged final : public Strategy {
 public:
  void prepare(Job& job) override {
    const auto writers = static_cast<unsigned>(job.value(kWriters));
    for (unsigned writer = 0; writer < writers; ++writer) blocks_.emplace_back(job.value(kBufferSize));
    producers_.start(job, writers, [this, &job](unsigned writer) {
      write_share(job, writer, std::move(blocks_[writer]), job.scratch_file(writer));
    });
  }

  void run(Job& job) override {
    producers_.run();
    job.submitted();
    for (unsigned i = 0; i < job.scratch_files(); ++i) {
      job.file().append_copy_of(job.scratch_file(i));
      job.scratch_file(i).close();
    }
  }

 private:
  std::vector<Block> blocks_;
  ProducerThreads producers_;
};

}  // namespace

Descriptor sharded_files_merged_entry() {
  return {
      .name = "sharded-files-merged",
      .family = "parallel",
      .summary = "the same in scratch files, which are then concatenated",
      // What a shard holds is not in the file yet.
      .contract = {.order = Order::kPerWriter, .each_line_durable = false},
      .effort = Effort::kSeveralThreads,
      .scratch_files = [](const Parameters& parameters) { return parameters.value(kWriters); },
      .options = {&kWriters, &kBufferSize},
      .simpler = {.strategy = "sharded-files", .adds = "concatenates the files"},
      .may_lose_bytes = [](const LossConditions& given) { return given.parameters.lines * given.longest_line_bytes; },
      .make = make_strategy<ShardedFilesMerged>};
}

}  // namespace writebench::strategies
