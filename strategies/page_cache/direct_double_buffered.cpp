// Past the page cache: the file is open with O_DIRECT, and the device reads the program's own blocks. A write lasts as
// long as the device needs, so it is left to a thread: the caller fills one block while the thread writes another. They
// hand blocks over as double-buffered-thread does, by spinning for some microseconds before they sleep. With `blocks`
// there may be more than two; one write is in flight all the same.
//
// O_DIRECT takes whole aligned units alone. So lines are cut where a block ends, the last block is padded with zeros,
// and a truncation then sets the true length. Memory is `blocks` times --buffer-size, rounded up to 4096. A write that
// makes the file longer takes the inode's lock and allocates space each time; with `ahead` the thread allocates so much
// at once (fallocate(2)). All lines stay in order.
//
// The page cache stays free for others, no dirty pages pile up, and no byte is copied by the kernel. But the caller has
// the speed of the device, one write after the other: a device that wants several requests at a time idles between
// them. Small blocks are slow. O_DIRECT alone makes nothing durable: the device has a cache, and the file's size and
// blocks are in memory. With --durability line each line is written at once, which repeats the unit that it begins in,
// and synced. Oracle and InnoDB (O_DIRECT) write past the page cache; Seastar has one aligned block in flight behind
// the writer in this way, glommio several.
#include <atomic>
#include <deque>
#include <optional>
#include <utility>

#include "strategies/support/direct_io.hpp"
#include "strategies/support/parking.hpp"
#include "strategies/support/writer_thread.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {
namespace {

constexpr Option kBlocks{
    .name = "blocks", .key = "blocks", .summary = "blocks that take turns", .usual = 2, .min = 2, .max = 1024};

class DirectDoubleBuffered final : public Strategy {
 public:
  void prepare(Job& job) override {
    File& file = job.file();
    const std::size_t alignment_bytes = direct_alignment(file);
    place_.emplace(alignment_bytes);
    space_.emplace(file, job.value(kAhead));
    filling_ = Block(job.value(kBufferSize), alignment_bytes);
    for (std::uint64_t i = 1; i < job.value(kBlocks); ++i) {
      slots_.push_back({.block = Block(job.value(kBufferSize), alignment_bytes)});
    }
    writer_.start_beside(
        2, [this, &file] { write_blocks(file); },
        [this] {
          handed_over_changed_.wake_all();
          written_changed_.wake_all();
        });
  }

  void run(Job& job) override {
    Block filling = std::move(filling_);  // a local object, so that its state can stay in registers
    const bool each_line = job.each_line_durable();
    for (const std::string_view line : job.lines()) {
      if (filling.fits(line)) {
        filling.append(line);
      } else {
        append_in_parts(filling, line);
      }
      if (each_line) write_now(filling);
    }
    job.submitted();
    write_now(filling);
    space_->trim(place_->end_bytes());
  }

 private:
  // What the thread writes next, and the block that holds it, unless the caller keeps that.
  struct Slot {
    Block block;
    DirectWrite write = {};
  };

  [[gnu::noinline]] void append_in_parts(Block& filling, std::string_view line) {
    while (!(line = filling.fill(line)).empty()) {
      Slot& slot = free_slot();
      std::swap(filling, slot.block);
      slot.write = place_->write_of(slot.block);
      slot.block.take();
      place_->next_block();
      hand_over();
    }
  }

  // The caller goes on in the same block, so it waits until that is written.
  void write_now(Block& filling) {
    free_slot().write = place_->write_of(filling);
    hand_over();
    wait_until(
        [this] { return handed_over_.load(std::memory_order_relaxed) == written_.load(std::memory_order_acquire); });
  }

  Slot& free_slot() {
    const std::uint64_t next = handed_over_.load(std::memory_order_relaxed);
    wait_until([&] { return next - written_.load(std::memory_order_acquire) < slots_.size(); });
    return slots_[next % slots_.size()];
  }

  template <class Ready>
  void wait_until(Ready ready) {
    written_changed_.wait_until([&] { return ready() || writer_.failed(); });
    writer_.rethrow_if_failed();
  }

  void hand_over() {
    handed_over_.fetch_add(1, std::memory_order_release);
    handed_over_changed_.wake_all();
  }

  void write_blocks(File& file) {
    for (std::uint64_t next = 0;; ++next) {
      handed_over_changed_.wait_until(
          [&] { return handed_over_.load(std::memory_order_acquire) > next || writer_.ends(); });
      if (writer_.ends()) return;
      const DirectWrite& write = slots_[next % slots_.size()].write;
      if (!write.bytes.empty()) {
        space_->reach(write.end_bytes());
        file.pwrite_padded(write.bytes, write.offset_bytes, write.padding_bytes);
      }
      written_.store(next + 1, std::memory_order_release);
      written_changed_.wake_all();
    }
  }

  std::optional<DirectPlace> place_;
  std::optional<SpaceAhead> space_;  // the thread's while something is handed over
  Block filling_;
  std::deque<Slot> slots_;                     // each is the thread's while it is handed over
  std::atomic<std::uint64_t> handed_over_{0};  // so many times a slot was
  std::atomic<std::uint64_t> written_{0};      // of these
  Parking handed_over_changed_{2};             // the thread waits here,
  Parking written_changed_{2};                 // and the caller here
  WriterThread writer_;
};

}  // namespace

Descriptor direct_double_buffered_entry() {
  return {.name = "direct-double-buffered",
          .family = "around the page cache",
          .summary = "O_DIRECT: a thread writes one aligned block while the next one fills",
          .access = {.direct = true},
          .options = {&kBufferSize, &kBlocks, &kAhead},
          .simpler = {.strategy = "double-buffered-thread",
                      .adds = "writes past the page cache",
                      .starting_with = {{&kBlocks, 2}, {&kAhead, 0}},
                      .growing = {{&kBlocks, "has # blocks"}, {&kAhead, "allocates space ahead"}}},
          .may_lose_bytes =
              [](const LossConditions& given) { return direct_blocks_bytes(given, given.parameters.value(kBlocks)); },
          .make = make_strategy<DirectDoubleBuffered>};
}

}  // namespace writebench::strategies
