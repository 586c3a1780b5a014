// As io-uring, but past the page cache: the file is open with O_DIRECT, so the device takes the blocks from the memory
// of the program, and several of them at once. Blocks are aligned to 4096 bytes, or more if the file system asks for
// it, and a line is cut where its block ends. The last block is padded with zeros; the file is cut to its true length
// in the end.
//
// Memory is --queue-depth blocks of --buffer-size. With `pages=huge` they lie in huge pages: reserved ones if there are
// any (MAP_HUGETLB), else transparent ones (MADV_HUGEPAGE). A block is then a few pieces for the device instead of one
// for each 4 KiB. The pages are there, and locked (`fixed`), before the clock starts.
//
// `space` says what is in the file before. A write that makes the file longer holds the file's lock alone, and on ext4
// waits for the device in a worker thread of the kernel: then the depth helps little. With `space=preallocated` the
// blocks are allocated (fallocate(2)) but not written, and the file system notes for each that it now is; with
// `space=overwritten` they have been written, with zeros, and on the device: then the device sets the pace. Both happen
// in prepare, outside the clock, as a database sets up a segment of its log.
//
// O_DIRECT is not durability: the device may hold the bytes in its cache. A sync flushes it. A line alone is no aligned
// block, so --durability line is not possible. Good for large files that nobody reads soon, where the page cache would
// only throw out something better; bad for small files, and for every reader. The order is that of the caller.
// ScyllaDB (Seastar), glommio and TigerBeetle write so; so does fio, with which benchmarks/fio_direct compares it.
#include <array>

#include "strategies/io_uring/arena.hpp"
#include "strategies/io_uring/options.hpp"
#include "strategies/support/direct_io.hpp"
#include "strategies/support/io_uring_refusal.hpp"
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LIBURING
#include <fcntl.h>

#include <cerrno>
#include <optional>

#include "strategies/io_uring/ring_writer.hpp"
#include "writebench/block.hpp"
#endif

namespace writebench::strategies {
namespace {

constexpr std::array<std::string_view, 2> kPagesWords{"normal", "huge"};
constexpr Option kPages{.name = "pages",
                        .key = "pages",
                        .summary = "pages that the blocks lie in",
                        .kind = Option::Kind::kWord,
                        .min = 0,
                        .max = kPagesWords.size() - 1,
                        .words = kPagesWords};

enum class Space : std::uint64_t { kNew, kPreallocated, kOverwritten };
constexpr std::array<std::string_view, 3> kSpaceWords{"new", "preallocated", "overwritten"};
constexpr Option kSpace{.name = "space",
                        .key = "space",
                        .summary = "what the file has before",
                        .kind = Option::Kind::kWord,
                        .min = 0,
                        .max = kSpaceWords.size() - 1,
                        .words = kSpaceWords};

Descriptor described() {
  return {.name = "io-uring-direct",
          .family = "through io_uring",
          .summary = "the same past the page cache (O_DIRECT)",
          .contract = {.each_line_durable = false},
          .access = {.direct = true},
          .makes_space =
              [](const Parameters& parameters) { return static_cast<Space>(parameters.value(kSpace)) != Space::kNew; },
          .counts_writes = false,
          .options = {&kBufferSize, &kBlocksInFlight, &kFixed, &kPages, &kSpace, &kSqpoll},
          .simpler = {.strategy = "io-uring",
                      .adds = "bypasses the page cache",
                      .starting_with = {{&kPages, 0}, {&kSpace, 0}},
                      .growing = {{&kPages, "has huge pages"}, {&kSpace, "has the space beforehand"}}},
          .may_lose_bytes =
              [](const LossConditions& given) {
                const std::uint64_t blocks = given.parameters.value(kBlocksInFlight);
                return direct_blocks_bytes(given, blocks) + 2 * blocks * given.longest_line_bytes;
              },
          .unavailable = io_uring_refusal};
}

#if WRITEBENCH_HAS_LIBURING

void allocate(const File& file, std::uint64_t bytes) {
  while (bytes > 0 && ::fallocate(file.descriptor(), 0, 0, static_cast<off_t>(bytes)) != 0) {
    if (errno == EOPNOTSUPP) throw Unsupported("this file system cannot preallocate (fallocate)");
    if (errno != EINTR) throw IoError("fallocate", file.path(), errno);
  }
}

class IoUringDirect final : public Strategy {
 public:
  void prepare(Job& job) override {
    const std::size_t alignment_bytes = direct_alignment(job.file());
    writer_.emplace(
        job, RingWriter::Setup{
                 .alignment_bytes = alignment_bytes, .pages = static_cast<Pages>(job.value(kPages)), .fixed = &kFixed});
    const auto space = static_cast<Space>(job.value(kSpace));
    const std::uint64_t bytes = (job.bytes() + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
    if (space == Space::kPreallocated) allocate(job.file(), bytes);
    if (space == Space::kOverwritten) job.file().write_zeros(bytes);
  }

  void run(Job& job) override {
    Block block(writer_->free_block());
    for (std::string_view line : job.lines()) {
      while (!block.fits(line)) {
        line = block.fill(line);
        block = Block(writer_->write(block.take()));
      }
      block.append(line);
    }
    job.submitted();
    writer_->write(block.take());
    writer_->drain();
    if (writer_->file_bytes() > job.bytes()) job.file().truncate(job.bytes());
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

Descriptor io_uring_direct_entry() {
  Descriptor entry = described();
#if WRITEBENCH_HAS_LIBURING
  entry.make = make_strategy<IoUringDirect>;
  return entry;
#else
  return without_library(std::move(entry), "liburing-dev");
#endif
}

}  // namespace writebench::strategies
