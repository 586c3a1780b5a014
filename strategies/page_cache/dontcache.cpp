// As sync-buffered, but each block is written by pwritev2(2) with RWF_DONTCACHE: it goes through the page cache, the
// call sends it to the device at once, and its pages are dropped as soon as they are there. So any offset and length
// will do, as in a buffered write, and yet neither dirty nor clean pages pile up.
//
// Memory of the program is one block; what is in the page cache are the blocks that the device has not finished. All
// lines stay in order. It makes nothing durable by itself. It should be good for large files that nobody reads back
// soon: they do not push the pages of others out, and no writeback is left for later. The caller pays for that: it
// makes the requests to the device itself, and waits if the device takes no more. So it should be bad for small blocks,
// and for files that are short-lived or read again. Linux has it since 6.14, on ext4 and XFS; in 6.18 btrfs, tmpfs,
// overlay and FUSE refuse it. fio has it as `uncached=1`; it is too young for well-known programs to rest on it.
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <string>
#include <system_error>

#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

// Of linux/fs.h; Debian 12's headers are older.
constexpr int kRwfDontcache = 0x80;
constexpr int kRwfAppend = 0x10;
constexpr int kRwfNoappend = 0x20;

class Dontcache final : public Strategy {
 public:
  void prepare(Job& job) override { block_ = Block(job.value(kBufferSize)); }

  void run(Job& job) override {
    Block block = std::move(block_);  // a local object, so that its state can stay in registers
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      if (!block.fits(line)) write(job.file(), block.take());
      block.append(line);
      if (each_line) write(job.file(), block.take());
    }
    job.submitted();
    write(job.file(), block.take());
  }

 private:
  void write(File& file, std::string_view bytes) {
    try {
      file.pwrite_all_with(kRwfDontcache, bytes, offset_bytes_);
    } catch (const IoError& error) {
      if (error.code() != std::errc::operation_not_supported) throw;
      throw Unsupported(std::string("the file system refuses RWF_DONTCACHE (") + error.what() + ")");
    }
    offset_bytes_ += bytes.size();
  }

  Block block_;
  std::uint64_t offset_bytes_ = 0;
};

// Of the kernel alone. Whether a file system takes the flag shows at the first write. Two flags that exclude each other
// are an invalid argument if the kernel knows all three, and not supported if it does not; nothing is written.
std::optional<std::string> unavailable() {
  const int descriptor = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (descriptor < 0) return std::nullopt;
  char byte = 0;
  const iovec part{&byte, 1};
  const ssize_t taken = ::pwritev2(descriptor, &part, 1, 0, kRwfDontcache | kRwfAppend | kRwfNoappend);
  const int error = taken < 0 ? errno : 0;
  ::close(descriptor);
  if (error == EINVAL) return std::nullopt;
  return "this kernel has no RWF_DONTCACHE (pwritev2: " + std::generic_category().message(error) +
         "); Linux has it since 6.14";
}

}  // namespace

Descriptor dontcache_entry() {
  return {.name = "dontcache",
          .family = "around the page cache",
          .summary = "one caller fills a block and writes it with RWF_DONTCACHE",
          .options = {&kBufferSize},
          .simpler = {.strategy = "sync-buffered", .adds = "lets no page stay cached"},
          .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); },
          .unavailable = unavailable,
          .make = make_strategy<Dontcache>};
}

}  // namespace writebench::strategies
