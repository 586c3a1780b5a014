// One caller fills blocks and hands each full one to the kernel through an io_uring (liburing); meanwhile it fills the
// next. The writes are buffered and have explicit offsets, so all lines stay in order whatever the order in which the
// writes end. Memory is --queue-depth blocks of --buffer-size, one of which the caller fills; it waits if all others
// are in flight. `fixed` registers them and the file with the ring, which makes a buffered write slower: its copy is
// then made page by page. RingWriter says with which flags the ring is made.
//
// "Asynchronous" depends on the file system. On ext4, btrfs and tmpfs the call that submits a buffered write only finds
// out that it might block, and wakes a worker thread of the kernel (iou-wrk), which makes it; the writes to one file
// wait for each other there. XFS makes it within the submitting call, as write(2) does, unless something stands in the
// way. So it is plain writing, or a thread that one has not started oneself; reports say how long the submitting calls
// took, and how many workers there were. The first write starts the worker, within the clock. With `sqpoll` another
// thread of the kernel polls for work and saves the calls, for a processor.
//
// With --durability bytes or line, a sync waits for all that is in flight, and the caller waits for the sync: nothing
// is asynchronous about a durable line. Good where filling a block takes as long as writing it, and there is a
// processor for the worker; no better than sync-buffered otherwise. QEMU (aio=io_uring) and Asio's stream_file write
// so; databases use io_uring with O_DIRECT, as io-uring-direct does, or for reads.
#include "strategies/io_uring/options.hpp"
#include "strategies/support/io_uring_refusal.hpp"
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LIBURING
#include <optional>

#include "strategies/io_uring/ring_writer.hpp"
#include "writebench/block.hpp"
#endif

namespace writebench::strategies {
namespace {

Descriptor described() {
  return {.name = "io-uring",
          .family = "through io_uring",
          .summary = "one caller, blocks in flight through io_uring",
          .counts_writes = false,
          .options = {&kBufferSize, &kBlocksInFlight, &kFixedIfBuffered, &kSqpoll},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "writes through io_uring",
                      .starting_with = {{&kBlocksInFlight, 1}, {&kFixedIfBuffered, 0}, {&kSqpoll, 0}},
                      .growing = {{&kBlocksInFlight, "has # blocks"},
                                  {&kFixedIfBuffered, "registers them and the file"},
                                  {&kSqpoll, "lets a kernel thread poll"}}},
          .may_lose_bytes = ring_may_lose_bytes,
          .unavailable = io_uring_refusal};
}

#if WRITEBENCH_HAS_LIBURING

class IoUring final : public Strategy {
 public:
  void prepare(Job& job) override { writer_.emplace(job, RingWriter::Setup{}); }

  void run(Job& job) override {
    Block block(writer_->free_block());
    const bool each_line = job.each_line_durable();
    for (std::string_view line : job.lines()) {
      while (!block.fits(line)) {
        line = block.fill(line);
        block = Block(writer_->write(block.take()));
      }
      block.append(line);
      if (each_line) block = Block(writer_->write(block.take()));
    }
    job.submitted();
    writer_->write(block.take());
    writer_->drain();
  }

  void close(Job& job) override {
    writer_->release_file();
    Strategy::close(job);
  }

 private:
  std::optional<RingWriter> writer_;
};

#endif

}  // namespace

Descriptor io_uring_entry() {
  Descriptor entry = described();
#if WRITEBENCH_HAS_LIBURING
  entry.make = make_strategy<IoUring>;
  return entry;
#else
  return without_library(std::move(entry), "liburing-dev");
#endif
}

}  // namespace writebench::strategies
