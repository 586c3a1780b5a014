// As io-uring, but durable by the ring alone: a write and the sync that it makes due are one chain (IOSQE_IO_LINK),
// which is submitted by one call. The kernel begins the sync (IORING_OP_FSYNC with DATASYNC, as fdatasync(2)) when the
// write has ended, without coming back to the program in between. With --durability line each line is such a chain, and
// the append returns when the chain has ended. With --durability bytes a chain ends with the block that crosses the
// interval; the caller fills and submits further blocks while it is under way. With `close` the ring makes the last
// sync; with `none` no sync is due, and this is io-uring.
//
// A short write breaks the link: the kernel cancels the sync (ECANCELED), and the rest of the write is submitted with a
// new one. A sync covers only what was complete when it began, so everything else in flight is waited for before a
// chain is submitted. The first failed sync is final. --sync-call does not apply.
//
// Memory is --queue-depth blocks of --buffer-size. The order is that of the caller. A crash takes up to two intervals,
// as lines go on while a chain is under way. Good: a durable line takes one call instead of two. Bad: the kernel makes
// every sync in a worker thread, so each costs two wake-ups more than fdatasync(2), which is as much as the call that
// was saved. It pays where a thread has more to do than to wait for one sync. We know of no widely used program that
// links so: databases submit their syncs as requests of their own, or open their logs with O_DSYNC.
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
  return {.name = "io-uring-linked-fsync",
          .family = "through io_uring",
          .summary = "the same, with each sync linked to the write that it follows",
          .own_sync = true,
          .counts_writes = false,
          .options = {&kBufferSize, &kBlocksInFlight, &kFixedIfBuffered, &kSqpoll},
          .simpler = {.strategy = "io-uring", .adds = "links each sync to its write"},
          .may_lose_bytes = ring_may_lose_bytes,
          .unavailable = io_uring_refusal};
}

#if WRITEBENCH_HAS_LIBURING

class IoUringLinkedFsync final : public Strategy {
 public:
  void prepare(Job& job) override { writer_.emplace(job, RingWriter::Setup{.links_syncs = true}); }

  void run(Job& job) override {
    Block block(writer_->free_block());
    const bool each_line = job.each_line_durable();
    for (std::string_view line : job.lines()) {
      while (!block.fits(line)) {
        line = block.fill(line);
        block = Block(writer_->write(block.take()));
      }
      block.append(line);
      if (!each_line) continue;
      block = Block(writer_->write(block.take()));
      writer_->drain();
    }
    job.submitted();
    writer_->write(block.take());
    writer_->drain();
  }

  void sync(Job&) override { writer_->sync(); }

  void close(Job& job) override {
    writer_->release_file();
    Strategy::close(job);
  }

 private:
  std::optional<RingWriter> writer_;
};

#endif

}  // namespace

Descriptor io_uring_linked_fsync_entry() {
  Descriptor entry = described();
#if WRITEBENCH_HAS_LIBURING
  entry.make = make_strategy<IoUringLinkedFsync>;
  return entry;
#else
  return without_library(std::move(entry), "liburing-dev");
#endif
}

}  // namespace writebench::strategies
