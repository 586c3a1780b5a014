#include "benchmarks/bare/loops.hpp"

#if WRITEBENCH_HAS_LIBURING

#include <liburing.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <vector>

#include "strategies/support/parking.hpp"

namespace writebench::bare {
namespace {

enum class How { kBuffered, kDirect, kLinked };

// Blocks in flight, as by default: direct writes have registered buffers and a registered file; buffered ones spin
// before they sleep, and those of kLinked link a sync to the block that crosses the interval of --durability bytes.
template <How how>
class IoUringLoop final : public Strategy {
 public:
  ~IoUringLoop() override {
    ::io_uring_queue_exit(&ring_);
    ::munmap(memory_, block_bytes_ * blocks_);
  }

  void prepare(Job& job) override {
    block_bytes_ = job.value(kBufferSize);
    blocks_ = static_cast<unsigned>(job.value(kBlocksInFlight));
    void* const memory = ::mmap(nullptr, block_bytes_ * blocks_, PROT_READ | PROT_WRITE,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED) std::abort();
    memory_ = static_cast<char*>(memory);
    must_be_0(::io_uring_queue_init(
        blocks_ + 2, &ring_,
        IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG));
    descriptor_ = job.file().descriptor();
    std::vector<iovec> parts;
    for (unsigned block = 0; block < blocks_; ++block) {
      parts.push_back({memory_ + block * block_bytes_, block_bytes_});
      free_.push_back(blocks_ - 1 - block);
    }
    if (how != How::kDirect) return;
    must_be_0(::io_uring_register_files(&ring_, &descriptor_, 1));
    must_be_0(::io_uring_register_buffers(&ring_, parts.data(), blocks_));
  }

  void run(Job& job) override {
    CounterLines lines(job.content().lines());
    const std::uint64_t interval = how == How::kLinked ? job.durability().interval_bytes : 0;
    unsigned block = take();
    std::span<char> room = memory_of(block);
    std::uint64_t offset = 0;
    lines.each([&](std::string_view line) {
      while (line.size() > room.size()) {
        std::memcpy(room.data(), line.data(), room.size());
        line.remove_prefix(room.size());
        submit(block, block_bytes_, offset, interval != 0 && offset / interval != (offset + block_bytes_) / interval);
        offset += block_bytes_;
        block = take();
        room = memory_of(block);
      }
      copy_line(room.data(), line);
      room = room.subspan(line.size());
    });
    const std::size_t used = block_bytes_ - room.size();
    if (used > 0) submit(block, how == How::kDirect ? (used + 4095) / 4096 * 4096 : used, offset, false);
    while (in_flight_ > 0) reap();
    if (how == How::kDirect && ::ftruncate(job.file().descriptor(), static_cast<off_t>(offset + used)) != 0)
      std::abort();
    if (how == How::kDirect) must_be_0(::io_uring_unregister_files(&ring_));
  }

 private:
  static void must_be_0(int result) {
    if (result != 0) std::abort();
  }

  std::span<char> memory_of(unsigned block) const { return {memory_ + block * block_bytes_, block_bytes_}; }

  unsigned take() {
    while (free_.empty()) {
      if (how != How::kDirect) {
        spinning_.spin_until([this] {
          return ::io_uring_cq_ready(&ring_) > 0 || (IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_TASKRUN) != 0;
        });
      }
      reap();
    }
    const unsigned block = free_.back();
    free_.pop_back();
    return block;
  }

  void submit(unsigned block, std::size_t bytes, std::uint64_t offset, bool syncs) {
    while (syncs && in_flight_ > 0) reap();
    io_uring_sqe* const write = ::io_uring_get_sqe(&ring_);
    char* const begin = memory_of(block).data();
    if (how == How::kDirect) {
      ::io_uring_prep_write_fixed(write, 0, begin, static_cast<unsigned>(bytes), offset, static_cast<int>(block));
      ::io_uring_sqe_set_flags(write, IOSQE_FIXED_FILE);
    } else {
      ::io_uring_prep_write(write, descriptor_, begin, static_cast<unsigned>(bytes), offset);
      ::io_uring_sqe_set_flags(write, syncs ? IOSQE_IO_LINK : 0u);
    }
    ::io_uring_sqe_set_data64(write, std::uint64_t{block} << 32 | bytes);
    ++in_flight_;
    if (syncs) {
      io_uring_sqe* const sync = ::io_uring_get_sqe(&ring_);
      ::io_uring_prep_fsync(sync, descriptor_, IORING_FSYNC_DATASYNC);
      ::io_uring_sqe_set_data64(sync, kOfSync);
      ++in_flight_;
    }
    if (::io_uring_submit(&ring_) < 1) std::abort();
  }

  void reap() {
    io_uring_cqe* completion = nullptr;
    must_be_0(::io_uring_wait_cqe(&ring_, &completion));
    if (completion->user_data == kOfSync) {
      must_be_0(completion->res);
    } else {
      if (static_cast<std::uint32_t>(completion->res) != static_cast<std::uint32_t>(completion->user_data))
        std::abort();
      free_.push_back(static_cast<unsigned>(completion->user_data >> 32));
    }
    ::io_uring_cqe_seen(&ring_, completion);
    --in_flight_;
  }

  static constexpr std::uint64_t kOfSync = UINT64_MAX;

  const strategies::Parking spinning_{2};
  io_uring ring_{};
  int descriptor_ = -1;
  char* memory_ = nullptr;
  std::size_t block_bytes_ = 0;
  unsigned blocks_ = 0;
  std::vector<unsigned> free_;
  unsigned in_flight_ = 0;
};

}  // namespace

std::vector<Descriptor> io_uring_loops() {
  return {
      entry("io-uring", make_strategy<IoUringLoop<How::kBuffered>>),
      entry("io-uring-direct", make_strategy<IoUringLoop<How::kDirect>>),
      entry("io-uring-linked-fsync", make_strategy<IoUringLoop<How::kLinked>>),
  };
}

}  // namespace writebench::bare

#else

namespace writebench::bare {

std::vector<Descriptor> io_uring_loops() { return {}; }

}  // namespace writebench::bare

#endif
