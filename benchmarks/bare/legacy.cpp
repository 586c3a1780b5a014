// Loops over the old asynchronous interfaces, with the usual values of the strategies' own options.
#include <aio.h>
#include <linux/aio_abi.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <utility>
#include <vector>

#include "benchmarks/bare/loops.hpp"

namespace writebench::bare {
namespace {

std::size_t blocks_of(const Job& job) {
  return std::min(job.value(kBlocksInFlight), job.bytes() / job.value(kBufferSize) + 1) + 1;
}

class PosixAio final : public Strategy {
 public:
  void prepare(Job& job) override {
    slots_.resize(blocks_of(job));
    for (Slot& slot : slots_) slot.bytes.resize(job.value(kBufferSize));
    begin(job, slots_.front(), 0);  // starts the thread
    finish(slots_.front());
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    std::size_t now = 0;
    while (const std::size_t bytes = lines.fill(slots_[now].bytes)) {
      begin(job, slots_[now], bytes);
      now = (now + 1) % slots_.size();
      finish(slots_[now]);
    }
    for (Slot& slot : slots_) finish(slot);
  }

 private:
  struct Slot {
    std::vector<char> bytes;
    bool in_flight = false;
    std::unique_ptr<aiocb> request = std::make_unique<aiocb>();
  };

  void begin(Job& job, Slot& slot, std::size_t bytes) {
    *slot.request = {};
    slot.request->aio_fildes = job.file().descriptor();
    slot.request->aio_buf = slot.bytes.data();
    slot.request->aio_nbytes = bytes;
    slot.request->aio_offset = end_;
    slot.request->aio_sigevent.sigev_notify = SIGEV_NONE;
    end_ += static_cast<off_t>(bytes);
    if (::aio_write(slot.request.get()) != 0) std::abort();
    slot.in_flight = true;
  }

  static void finish(Slot& slot) {
    if (!std::exchange(slot.in_flight, false)) return;
    const aiocb* const list[] = {slot.request.get()};
    while (::aio_error(slot.request.get()) == EINPROGRESS) ::aio_suspend(list, 1, nullptr);
    if (::aio_return(slot.request.get()) != static_cast<ssize_t>(slot.request->aio_nbytes)) std::abort();
  }

  std::deque<Slot> slots_;
  off_t end_ = 0;
};

class LibaioDirect final : public Strategy {
 public:
  ~LibaioDirect() override { ::syscall(SYS_io_destroy, context_); }

  void prepare(Job& job) override {
    for (std::size_t i = blocks_of(job); i > 0; --i) {
      free_.push_back(&slots_.emplace_back(AlignedBuffer(job.value(kBufferSize))));
    }
    if (::syscall(SYS_io_setup, slots_.size(), &context_) != 0) std::abort();
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    off_t bytes = 0;
    Slot* now = take_free();
    lines.each([&](std::string_view line) {
      bytes += static_cast<off_t>(line.size());
      while (!(line = now->buffer.fill(line)).empty()) {
        begin(job, *now);
        now = take_free();
      }
    });
    begin(job, *now);
    while (free_.size() < slots_.size()) finish(1);
    if (::ftruncate(job.file().descriptor(), bytes) != 0) std::abort();
  }

 private:
  struct Slot {
    explicit Slot(AlignedBuffer own) : buffer(std::move(own)) {}
    AlignedBuffer buffer;
    iocb request{};
  };

  void begin(Job& job, Slot& slot) {
    slot.request = {};
    slot.request.aio_data = reinterpret_cast<std::uintptr_t>(&slot);
    slot.request.aio_lio_opcode = IOCB_CMD_PWRITE;
    slot.request.aio_fildes = static_cast<std::uint32_t>(job.file().descriptor());
    slot.request.aio_buf = reinterpret_cast<std::uintptr_t>(slot.buffer.begin());
    slot.request.aio_nbytes = (std::exchange(slot.buffer.used, 0) + 4095) / 4096 * 4096;
    slot.request.aio_offset = end_;
    end_ += static_cast<std::int64_t>(slot.request.aio_nbytes);
    iocb* list[] = {&slot.request};
    if (::syscall(SYS_io_submit, context_, 1, list) != 1) std::abort();
  }

  Slot* take_free() {
    finish(free_.empty() ? 1 : 0);
    Slot* const slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void finish(long at_least) {
    io_event events[64];
    timespec no_time{};
    const long count = ::syscall(SYS_io_getevents, context_, at_least, 64, events, at_least == 0 ? &no_time : nullptr);
    for (long i = 0; i < count; ++i) {
      Slot* const slot = reinterpret_cast<Slot*>(events[i].data);
      if (events[i].res != static_cast<std::int64_t>(slot->request.aio_nbytes)) std::abort();
      free_.push_back(slot);
    }
  }

  aio_context_t context_ = 0;
  std::deque<Slot> slots_;
  std::vector<Slot*> free_;
  std::int64_t end_ = 0;
};

}  // namespace

std::vector<Descriptor> legacy_loops() {
  return {
      entry("posix-aio", make_strategy<PosixAio>),
      entry("libaio-direct", make_strategy<LibaioDirect>),
  };
}

}  // namespace writebench::bare
