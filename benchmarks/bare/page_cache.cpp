// Loops around the page cache. They have the usual values of the strategies' own options.
#include <fcntl.h>
#include <sys/uio.h>

#include <atomic>
#include <cstring>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/bare/loops.hpp"
#include "strategies/support/parking.hpp"
#include "strategies/support/processors.hpp"

namespace writebench::bare {
namespace {

using strategies::Parking;

// One caller fills a block, and `write_block` writes it.
template <class WriteBlock>
void write_blocks(const Job& job, std::vector<char>& block, WriteBlock write_block) {
  CounterLines lines(job.content().lines());
  while (const std::size_t bytes = lines.fill(block)) write_block(std::string_view(block.data(), bytes));
}

class DirectDoubleBuffered final : public Strategy {
 public:
  ~DirectDoubleBuffered() override {
    ends_ = true;
    full_.wake_all();
    writer_.join();
  }

  void prepare(Job& job) override {
    filling_ = AlignedBuffer(job.value(kBufferSize));
    writing_ = AlignedBuffer(job.value(kBufferSize));
    const cpu_set_t allowed = strategies::allowed_processors();
    const int processor = CPU_COUNT(&allowed) >= 2 ? ::sched_getcpu() : -1;
    writer_ = std::thread([this, allowed, processor, descriptor = job.file().descriptor()] {
      strategies::keep_off(processor, allowed);
      for (;;) {
        full_.wait_until([this] { return is_full_.load(std::memory_order_acquire) || ends_; });
        if (ends_) return;
        write(descriptor, {writing_.begin(), (writing_.used + 4095) / 4096 * 4096});
        writing_.used = 0;
        is_full_.store(false, std::memory_order_release);
        written_.wake_all();
      }
    });
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    off_t bytes = 0;
    lines.each([&](std::string_view line) {
      bytes += static_cast<off_t>(line.size());
      while (!(line = filling_.fill(line)).empty()) hand_over();
    });
    hand_over();
    wait();
    if (::ftruncate(job.file().descriptor(), bytes) != 0) std::abort();
  }

 private:
  void wait() {
    written_.wait_until([this] { return !is_full_.load(std::memory_order_acquire); });
  }
  void hand_over() {
    wait();
    std::swap(filling_, writing_);
    is_full_.store(true, std::memory_order_release);
    full_.wake_all();
  }

  AlignedBuffer filling_{1}, writing_{1};
  std::atomic<bool> is_full_{false}, ends_{false};
  Parking full_{2}, written_{2};
  std::thread writer_;
};

class Dontcache final : public Strategy {
 public:
  void prepare(Job& job) override { block_.resize(job.value(kBufferSize)); }

  void run(Job& job) override {
    write_blocks(job, block_, [descriptor = job.file().descriptor()](std::string_view bytes) {
      const iovec part{const_cast<char*>(bytes.data()), bytes.size()};
      if (::pwritev2(descriptor, &part, 1, -1, 0x80) != static_cast<ssize_t>(bytes.size())) std::abort();
    });
  }

 private:
  std::vector<char> block_;
};

class WritebackHint final : public Strategy {
 public:
  void prepare(Job& job) override { block_.resize(job.value(kBufferSize)); }

  void run(Job& job) override {
    constexpr off_t kWindow = 1 << 20;
    off_t written = 0, begun = 0, finished = 0;
    write_blocks(job, block_, [&, descriptor = job.file().descriptor()](std::string_view bytes) {
      write(descriptor, bytes);
      written += static_cast<off_t>(bytes.size());
      if (written - begun < kWindow) return;
      const off_t end = written / 4096 * 4096;
      const auto hint = [&](off_t from, off_t to, unsigned flags) {
        if (to > from && ::sync_file_range(descriptor, from, to - from, flags) != 0) std::abort();
      };
      hint(begun, end, SYNC_FILE_RANGE_WRITE);
      hint(finished, begun, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
      finished = std::exchange(begun, end);
    });
  }

 private:
  std::vector<char> block_;
};

}  // namespace

std::vector<Descriptor> page_cache_loops() {
  return {
      entry("direct-double-buffered", make_strategy<DirectDoubleBuffered>),
      entry("dontcache", make_strategy<Dontcache>),
      entry("writeback-hint", make_strategy<WritebackHint>),
  };
}

}  // namespace writebench::bare
