// A file on Asio's event loop: asio::stream_file of Asio 1.22, with its io_uring backend. A task gathers lines in a
// block of --buffer-size and awaits one asio::async_write() of it, as the library's examples copy files. Asio puts a
// vectored write of at most 64 KiB at the file's position into a ring of the kernel, submits it from the loop, and
// learns of its completion by an eventfd(2) that its epoll loop watches; it makes one write at a time for a file. What
// the kernel cannot do at once, as most file systems cannot for a write to new space, one of its own worker threads
// does (iou-wrk): then io_uring is a thread pool. The kernel copies from the block; nobody else copies anything.
//
// Memory is the block, and a ring of 16,384 entries (1.5 MiB). Nothing fills while a write is in flight. The order is
// that of the lines. Asio has no asynchronous sync (sync_data() blocks), so a sync holds the loop here too. Asio opens
// and closes the file itself. Good: what is not a file waits on the same loop, without a pool. Bad: two passes of the
// loop and a worker's wake-up for each block; one buffered write(2) takes less.
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LIBURING
#include <asio/buffer.hpp>
#include <asio/redirect_error.hpp>
#include <asio/stream_file.hpp>
#include <asio/use_awaitable.hpp>
#include <asio/write.hpp>
#include <cerrno>
#include <limits>
#include <optional>
#include <system_error>

#include "strategies/support/event_loop.hpp"
#include "strategies/support/io_uring_refusal.hpp"
#include "strategies/support/library_file.hpp"
#include "strategies/support/library_needs.hpp"
#include "writebench/block.hpp"
#endif

namespace writebench::strategies {
#if WRITEBENCH_HAS_LIBURING
namespace {

// The ring, its eventfd(2) and the file. Asio loses the reason if it cannot have the second.
constexpr unsigned kDescriptors = 3;

class AsioStreamFile final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_ = Block(job.value(kBufferSize));
    expect_descriptors(kDescriptors);
    expect_threads(1);  // the kernel's worker, without which a write would never end
    make_ring();
    constexpr std::size_t kNoBuffer = std::numeric_limits<std::size_t>::max();  // nothing is reported before flushed()
    library_file_.emplace(job.file(), kNoBuffer, [&] {
      std::error_code error;
      do {
        file_->open(job.path(), asio::stream_file::write_only, error);
      } while (error.value() == EINTR);
      errno = error.value();
    });
  }

  void run(Job& job) override {
    loop_.spawn(write_lines(job));
    loop_.run(job);
  }

  void close(Job& job) override {
    std::error_code error;
    file_->close(error);
    if (error && error.value() != EINTR) throw IoError("close", job.path(), error.value());
    Strategy::close(job);
  }

 private:
  void make_ring() {
    try {
      file_.emplace(loop_.executor());
    } catch (const std::system_error& error) {
      if (const auto refusal = io_uring_refusal_of(error.code().value())) throw Unsupported(*refusal);
      throw;
    }
  }

  asio::awaitable<void> write_lines(Job& job) {
    Lines lines = job.lines().awaited();
    for (const std::string_view line : lines) {
      if (const auto due = lines.due()) co_await loop_.until(*due);
      if (!block_.fits(line)) co_await write_block();
      block_.append(line);
      if (job.each_line_durable()) co_await write_block();
    }
    job.submitted();
    co_await write_block();
  }

  // Asio continues short counts. It passes on that a signal has interrupted a write.
  asio::awaitable<void> write_block() {
    std::string_view rest = block_.take();
    if (rest.empty()) co_return;
    while (!rest.empty()) {
      std::error_code error;
      const std::size_t taken =
          co_await asio::async_write(*file_, asio::buffer(rest), asio::redirect_error(asio::use_awaitable, error));
      rest.remove_prefix(taken);
      library_file_->appended(taken);
      errno = error.value();
      if (error && error.value() != EINTR) throw library_file_->write_error();
    }
    library_file_->flushed();
  }

  Block block_;  // outlives the file, which writes it
  EventLoop loop_;
  std::optional<asio::stream_file> file_;
  std::optional<LibraryFile> library_file_;
};

}  // namespace
#endif

Descriptor asio_stream_file_entry() {
  Descriptor entry{.name = "asio-stream-file",
                   .family = "through a library",
                   .summary = "a task awaits one write of an asio::stream_file (io_uring) per block",
                   .access = {.by_name = true},
                   .counts_writes = false,
                   .options = {&kBufferSize},
                   .simpler = {.strategy = "sync-buffered", .adds = "awaits io_uring by Asio"},
                   .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); }};
#if WRITEBENCH_HAS_LIBURING
  entry.unavailable = io_uring_refusal;
  entry.make = make_strategy<AsioStreamFile>;
  return entry;
#else
  return without_library(std::move(entry), "liburing-dev");
#endif
}

}  // namespace writebench::strategies
