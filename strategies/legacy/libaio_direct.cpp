// One caller fills aligned blocks and hands each to the kernel with io_submit(2), through libaio; up to --queue-depth
// blocks are in flight, and io_getevents(2) says which are done. The file is open with O_DIRECT, because without it the
// kernel makes the whole write within io_submit. With it, the call sends the write to the device and returns, if it has
// to wait for nothing before. On ext4, XFS and btrfs it has to if the write makes the file longer: then the call lasts
// until the device is done, and one block is in flight at most, whatever the depth. So it is with a new file, and
// reports warn of it (`submission-blocks`). With `ahead`, so much space is allocated at once (fallocate(2)), which
// makes the file longer too; writes into that space do not wait.
//
// Lines are cut where a block ends, the last block is padded with zeros, and a truncation then sets the true length.
// Memory is --queue-depth blocks, or as many as all lines fill if these are fewer, and the one that is filled, each
// rounded up to 4096 bytes. All lines stay in order, although blocks may be done in any. A short count is continued at
// its place; the first error ends the run, and nothing is in flight any more when the blocks are freed. O_DIRECT alone
// makes nothing durable: with --durability line each line is written at once, which repeats the unit that it begins in,
// and synced.
//
// Good for devices that want many requests at a time, if the file's size is known. Bad as an interface: whatever else
// blocks, such as locks, allocation, or a full queue of the device, blocks the caller within io_submit. InnoDB
// (innodb_use_native_aio), Oracle, QEMU (aio=native) and Seastar (its aio backend) write so; io_uring has taken its
// place.
#include "strategies/support/direct_io.hpp"
#include "strategies/support/without_library.hpp"

#if WRITEBENCH_HAS_LIBAIO
#include <libaio.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <fstream>
#include <new>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "strategies/support/blocks_in_flight.hpp"
#endif

namespace writebench::strategies {
namespace {

#if WRITEBENCH_HAS_LIBAIO

std::string number_in(const char* path) {
  std::string number = "?";
  std::ifstream(path) >> number;
  return number;
}

// Why io_setup(2) with so many requests failed.
std::string refusal(int error, std::uint64_t requests) {
  std::string reason = "io_setup: " + std::generic_category().message(error);
  if (error == EAGAIN) {
    reason += ", because " + std::to_string(requests) + " requests and the " + number_in("/proc/sys/fs/aio-nr") +
              " of others are more than fs.aio-max-nr, which is " + number_in("/proc/sys/fs/aio-max-nr");
  }
  return reason;
}

// The kernel's side of so many requests. Its destructor waits until none is in flight.
class Context {
 public:
  /// Throws Unsupported if the kernel refuses, and std::bad_alloc.
  explicit Context(std::uint64_t requests) {
    const int error = -::io_setup(static_cast<int>(std::min<std::uint64_t>(requests, INT_MAX)), &context_);
    if (error == ENOMEM) throw std::bad_alloc();
    if (error != 0) throw Unsupported(refusal(error, requests));
  }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { ::io_destroy(context_); }

  io_context_t get() const { return context_; }

 private:
  io_context_t context_ = nullptr;
};

class LibaioDirect final : public Strategy {
 public:
  void prepare(Job& job) override {
    const std::size_t alignment_bytes = direct_alignment(job.file());
    const std::uint64_t blocks = blocks_in_flight(job);
    place_.emplace(alignment_bytes);
    space_.emplace(job.file(), job.value(kAhead));
    filling_ = Block(job.value(kBufferSize), alignment_bytes);
    for (std::uint64_t i = 0; i < blocks; ++i) {
      slots_.push_back({.block = Block(job.value(kBufferSize), alignment_bytes)});
      free_.push_back(&slots_.back());
    }
    context_.emplace(blocks);
  }

  void run(Job& job) override {
    if (job.each_line_durable()) {
      write_each_line(job);
    } else {
      write_blocks(job);
    }
    space_->trim(place_->end_bytes());
  }

 private:
  struct Slot {
    Block block;
    DirectWrite write = {};
    iocb request = {};  // of what is left of the write
  };

  void write_blocks(Job& job) {
    Block filling = std::move(filling_);  // a local object, so that its state can stay in registers
    for (const std::string_view line : job.lines()) {
      if (filling.fits(line)) {
        filling.append(line);
      } else {
        append_in_parts(job, filling, line);
      }
    }
    job.submitted();
    submit_block(job, filling);
    finish_all(job);
  }

  [[gnu::noinline]] void append_in_parts(Job& job, Block& filling, std::string_view line) {
    while (!(line = filling.fill(line)).empty()) submit_block(job, filling);
  }

  // Leaves the caller an empty block.
  void submit_block(Job& job, Block& filling) {
    if (in_flight_ > 0) finish(job, free_.empty() ? 1 : 0);
    Slot& slot = *free_.back();
    std::swap(filling, slot.block);
    submit(job, slot);
    slot.block.take();
    place_->next_block();
  }

  // One block in flight, which keeps its lines until it is full.
  void write_each_line(Job& job) {
    Slot& slot = *free_.back();
    for (const std::string_view line : job.lines()) {
      std::string_view rest = line;
      while (!(rest = slot.block.fill(rest)).empty()) {
        submit(job, slot);
        finish_all(job);
        slot.block.take();
        place_->next_block();
      }
      submit(job, slot);
      finish_all(job);
    }
    job.submitted();
  }

  // What the slot's block holds. The slot is the last of those that are free.
  void submit(Job& job, Slot& slot) {
    slot.write = place_->write_of(slot.block);
    if (slot.write.bytes.empty()) return;
    space_->reach(slot.write.end_bytes());
    ::io_prep_pwrite(&slot.request, job.file().descriptor(), const_cast<char*>(slot.write.bytes.data()),
                     slot.write.bytes.size(), static_cast<long long>(slot.write.offset_bytes));
    slot.request.data = &slot;
    free_.pop_back();
    start(job, slot.request);
  }

  void start(Job& job, iocb& request) {
    iocb* list[] = {&request};
    for (;;) {
      const int result = job.submission([&] { return ::io_submit(context_->get(), 1, list); });
      if (result == 1) break;
      if (result == -EINTR) continue;
      if (result != -EAGAIN || in_flight_ == 0) throw error_of(job, "io_submit", request, result);
      finish(job, 1);  // there is no room for another one until some are done
    }
    ++in_flight_;
  }

  void finish_all(Job& job) {
    while (in_flight_ > 0) finish(job, 1);
  }

  // Takes what is done, and waits until at least so many are.
  void finish(Job& job, long at_least) {
    std::array<io_event, 64> events;
    timespec no_time{};
    const int count =
        ::io_getevents(context_->get(), at_least, events.size(), events.data(), at_least == 0 ? &no_time : nullptr);
    if (count == -EINTR) return;
    if (count < 0) throw std::system_error(-count, std::generic_category(), "io_getevents");
    in_flight_ -= static_cast<std::uint64_t>(count);
    std::vector<Slot*> unfinished;
    for (int i = 0; i < count; ++i) {
      Slot& slot = *static_cast<Slot*>(events[static_cast<std::size_t>(i)].data);
      if (is_whole(job, slot, static_cast<long>(events[static_cast<std::size_t>(i)].res))) {
        free_.push_back(&slot);
        job.file().completed(slot.write.offset_bytes, slot.write.line_bytes());
      } else {
        unfinished.push_back(&slot);
      }
    }
    for (Slot* const slot : unfinished) start(job, slot->request);
  }

  // Whether nothing is left of a request with that result; if not, it is about the rest.
  static bool is_whole(const Job& job, Slot& slot, long result) {
    io_iocb_common& rest = slot.request.u.c;
    if (result == -EINTR || result == -EAGAIN) return false;
    if (result <= 0) throw error_of(job, "io_submit (pwrite)", slot.request, result);
    rest.buf = static_cast<char*>(rest.buf) + result;
    rest.offset += result;
    rest.nbytes -= static_cast<unsigned long>(result);
    return rest.nbytes == 0;
  }

  static IoError error_of(const Job& job, const char* operation, const iocb& request, long result) {
    return {operation, job.path(), static_cast<std::uint64_t>(request.u.c.offset),
            result < 0 ? static_cast<int>(-result) : EIO};
  }

  std::optional<DirectPlace> place_;
  std::optional<SpaceAhead> space_;
  Block filling_;
  std::deque<Slot> slots_;
  std::vector<Slot*> free_;
  std::uint64_t in_flight_ = 0;
  std::optional<Context> context_;  // the blocks outlive it: the kernel reads them until then
};

// Of the kernel alone. A context for no request is an invalid argument if the kernel lets this process make one, and
// making none saves the 20 ms that the kernel takes to destroy it. Whether others use all requests that there are shows
// when a trial is prepared.
std::optional<std::string> unavailable() {
  io_context_t none = nullptr;
  const int error = -::io_setup(0, &none);
  if (error == EINVAL) return std::nullopt;
  return refusal(error, 1);
}

#endif

Descriptor entry() {
  return {.name = "libaio-direct",
          .family = "legacy interfaces",
          .summary = "O_DIRECT: one caller hands aligned blocks to the kernel with io_submit(2)",
          .access = {.direct = true},
          .counts_writes = false,
          .options = {&kBufferSize, &kBlocksInFlight, &kAhead},
          .simpler = {.strategy = "direct-double-buffered",
                      .adds = "lets the kernel take them",
                      .starting_with = {{&kBlocksInFlight, 1}, {&kAhead, 0}},
                      .growing = {{&kBlocksInFlight, "has # blocks in flight"}, {&kAhead, "allocates space ahead"}}},
          .may_lose_bytes = [](const LossConditions& given) {
            return direct_blocks_bytes(given, given.parameters.value(kBlocksInFlight) + 1);
          }};
}

}  // namespace

Descriptor libaio_direct_entry() {
  Descriptor libaio_direct = entry();
#if WRITEBENCH_HAS_LIBAIO
  libaio_direct.unavailable = unavailable;
  libaio_direct.make = make_strategy<LibaioDirect>;
  return libaio_direct;
#else
  return without_library(std::move(libaio_direct), "libaio-dev");
#endif
}

}  // namespace writebench::strategies
