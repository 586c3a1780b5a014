// As sync-buffered, but the writeback does not begin when the kernel likes: whenever so many more bytes as the option
// `window` says are in the page cache, sync_file_range(2) begins to write them to the device. With `waits=behind` the
// caller then waits until the window before is there. So no more than two windows and a block are dirty, and the device
// is not idle meanwhile. With `waits=never` nothing is bounded. Windows end where a page ends, so that no page is
// written that the next line changes.
//
// Memory of the program is one block. All lines stay in order. It promises no durability: neither the file's size nor
// the blocks that it was given are written, nor is the device's cache. What it is good for is when the device works: a
// sync at the end, or the kernel's limits on dirty memory, find little left to do, so neither the caller nor its
// neighbours are held for seconds then. It is a hint by name only, though: the caller makes the requests to the device,
// and waits if that takes no more (`submission_ns` says how long). For a small file, which would be written back later
// or never, it is only slower. RocksDB (bytes_per_sync, and strict_bytes_per_sync, which waits) and PostgreSQL
// (checkpoint_flush_after, which does not wait) write so.
#include <unistd.h>

#include <optional>

#include "writebench/block.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kWindow{.name = "window",
                         .key = "window_bytes",
                         .summary = "bytes from one hint to the next",
                         .kind = Option::Kind::kBytes,
                         .usual = 1 << 20,
                         .max = 1ull << 40};

enum Waits : std::uint64_t { kNever, kBehind };
constexpr std::array<std::string_view, 2> kWaitsWords{"never", "behind"};
constexpr Option kWaits{.name = "waits",
                        .key = "waits",
                        .summary = "for the window before",
                        .kind = Option::Kind::kWord,
                        .usual = kBehind,
                        .min = 0,
                        .max = kWaitsWords.size() - 1,
                        .words = kWaitsWords};

// Follows a file that is written from its start on.
class Writeback {
 public:
  Writeback(Job& job, std::uint64_t window_bytes, bool waits)
      : job_(job),
        page_bytes_(static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE))),
        window_bytes_(window_bytes),
        waits_(waits) {}

  /// To be called after each write.
  void wrote(std::uint64_t bytes) {
    written_bytes_ += bytes;
    if (written_bytes_ - begun_bytes_ >= window_bytes_) begin_next();
  }

 private:
  void begin_next() {
    const std::uint64_t end = written_bytes_ / page_bytes_ * page_bytes_;
    if (end == begun_bytes_) return;
    job_.submission([&] {
      job_.file().begin_writeback(begun_bytes_, end - begun_bytes_);
      return true;
    });
    if (waits_ && finished_bytes_ < begun_bytes_) {
      job_.file().finish_writeback(finished_bytes_, begun_bytes_ - finished_bytes_);
    }
    finished_bytes_ = begun_bytes_;
    begun_bytes_ = end;
  }

  Job& job_;
  const std::uint64_t page_bytes_;
  const std::uint64_t window_bytes_;
  const bool waits_;
  std::uint64_t written_bytes_ = 0;
  std::uint64_t begun_bytes_ = 0;     // the writeback of so many has begun,
  std::uint64_t finished_bytes_ = 0;  // and that of so many is finished
};

class WritebackHint final : public Strategy {
 public:
  void prepare(Job& job) override {
    block_ = Block(job.value(kBufferSize));
    writeback_.emplace(job, job.value(kWindow), job.value(kWaits) == kBehind);
  }

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
    file.write_all(bytes);
    writeback_->wrote(bytes.size());
  }

  Block block_;
  std::optional<Writeback> writeback_;
};

}  // namespace

Descriptor writeback_hint_entry() {
  return {.name = "writeback-hint",
          .family = "around the page cache",
          .summary = "one caller writes blocks and lets the kernel write them back at once",
          .options = {&kBufferSize, &kWindow, &kWaits},
          .simpler = {.strategy = "sync-buffered",
                      .adds = "begins the writeback",
                      .starting_with = {{&kWaits, kNever}},
                      .growing = {{&kWaits, "waits a window behind"}}},
          .may_lose_bytes = [](const LossConditions& given) { return given.block_bytes(); },
          .make = make_strategy<WritebackHint>};
}

}  // namespace writebench::strategies
