#if WRITEBENCH_HAS_LIBURING

#include "strategies/io_uring/ring_writer.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "strategies/support/io_uring_refusal.hpp"

namespace writebench::strategies {
namespace {

constexpr std::uint32_t kMostBlocks = 16'384;      // as many buffers can be registered
constexpr std::size_t kMostRegistered = 1u << 30;  // bytes of a registered buffer
constexpr std::size_t kMostWritten = 1u << 30;     // by one write; the kernel takes no more than 2 GiB
// Without work for so long the kernel's polling thread sleeps. Blocks come more often than that; and where processors
// are scarce, it must not keep the workers from theirs.
constexpr unsigned kPollingMilliseconds = 2;
constexpr std::uint64_t kOfSync = 1;  // bit of the number by which a completion is known

// What the ring is made with, best first; an older kernel refuses what it does not know (EINVAL).
// - SINGLE_ISSUER (Linux 6.0): one thread uses it, so the kernel needs no lock for that.
// - DEFER_TASKRUN (6.1): the end of a request is dealt with when this thread waits, and does not interrupt it while it
//   fills a block. COOP_TASKRUN (5.19) is a weaker form. TASKRUN_FLAG says in memory that there is something to do.
// - SUBMIT_ALL (5.18): one entry that is refused does not hold up those after it.
// A polling thread (SQPOLL) deals with the ends itself: the kernel does not accept the other flags beside it.
constexpr std::array<unsigned, 3> kFlags{
    IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
    IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG, 0};
constexpr std::array<unsigned, 2> kPollingFlags{
    IORING_SETUP_SQPOLL | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_SINGLE_ISSUER, IORING_SETUP_SQPOLL};

std::size_t rounded_up(std::size_t bytes, std::size_t unit) { return (bytes + unit - 1) / unit * unit; }

// No more blocks than the job fills. Each is filled to its end, so long lines need several.
std::uint32_t blocks_for(const Job& job, std::size_t block_bytes) {
  return static_cast<std::uint32_t>(
      std::min({job.value(kBlocksInFlight), job.bytes() / block_bytes + 1, std::uint64_t{kMostBlocks}}));
}

std::uint64_t interval_of(const Durability& durability) {
  switch (durability.kind) {
    case Durability::Kind::kLine: return 1;
    case Durability::Kind::kBytes: return durability.interval_bytes;
    default: return 0;
  }
}

[[noreturn]] void throw_error(int error_number, const char* call) {
  throw std::system_error(error_number, std::generic_category(), call);
}

// Registered buffers stay in memory, so they count towards RLIMIT_MEMLOCK of whoever may not lock memory.
[[noreturn]] void refuse_to_lock(std::size_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_MEMLOCK, &limit);
  if (limit.rlim_cur == RLIM_INFINITY || ::geteuid() == 0) throw_error(ENOMEM, "io_uring_register_buffers");
  throw Unsupported("registered buffers are locked in memory: " + std::to_string(bytes >> 10) +
                    " KiB are too much for this user (RLIMIT_MEMLOCK is " + std::to_string(limit.rlim_cur >> 10) +
                    " KiB); raise it (ulimit -l), or set fixed=off");
}

}  // namespace

RingWriter::RingWriter(Job& job, const Setup& setup)
    : job_(job),
      file_(job.file()),
      alignment_bytes_(setup.alignment_bytes),
      block_bytes_(rounded_up(job.value(kBufferSize), alignment_bytes_)),
      blocks_(blocks_for(job, block_bytes_)),
      links_syncs_(setup.links_syncs),
      polls_(job.value(kSqpoll) != 0),
      is_fixed_(job.value(*setup.fixed) != 0),
      interval_bytes_(interval_of(job.durability())),
      spinning_(polls_ ? 3 : 2),  // this thread, the kernel's worker, and its polling thread
      arena_(block_bytes_ * blocks_, setup.pages),
      requests_(blocks_ + 1) {
  for (Index block = blocks_; block > 0; --block) free_.push_back(block - 1);
  make_ring();
  try {
    if (is_fixed_) register_all();
  } catch (...) {
    ::io_uring_queue_exit(&ring_);
    throw;
  }
}

RingWriter::~RingWriter() {
  if (in_flight_ > 0) fail({"write", std::nullopt, ECANCELED});  // so that nothing new is submitted
  wait_for_all();
  ::io_uring_queue_exit(&ring_);
}

std::span<char> RingWriter::free_block() {
  const Index block = free_.back();
  free_.pop_back();
  return {arena_.data() + block * block_bytes_, block_bytes_};
}

std::span<char> RingWriter::write(std::string_view bytes) {
  const auto block = static_cast<Index>(static_cast<std::size_t>(bytes.data() - arena_.data()) / block_bytes_);
  if (bytes.empty()) return {arena_.data() + block * block_bytes_, block_bytes_};
  const std::uint64_t begin_bytes = end_bytes_;
  const bool due = is_due(begin_bytes, begin_bytes + bytes.size());
  if (due && links_syncs_) drain();  // what is complete before the sync begins is covered by it
  end_bytes_ += bytes.size();
  const std::string_view whole = padded(bytes, block);
  file_bytes_ = begin_bytes + whole.size();
  start(block, {.left = whole,
                .left_offset_bytes = begin_bytes,
                .offset_bytes = begin_bytes,
                .bytes = bytes.size(),
                .syncs = due && links_syncs_});
  if (due && !links_syncs_) drain();  // File syncs now
  reap(false);
  while (free_.empty() && !failure_) {
    if (!is_direct()) spin_until_completion();
    reap(true);
  }
  if (failure_) drain();
  return free_block();
}

void RingWriter::drain() {
  while (in_flight_ > 0) reap(true);
  throw_if_failed();
  if (links_syncs_ || interval_bytes_ == 0 || reported_bytes_ == end_bytes_) return;
  const std::uint64_t from_bytes = std::exchange(reported_bytes_, end_bytes_);
  file_.completed(from_bytes, end_bytes_ - from_bytes);
}

void RingWriter::sync() {
  drain();
  if (unsynced_bytes_ == 0 && has_synced_) return;
  start(blocks_, {.left = {}, .syncs = true});
  drain();
}

void RingWriter::release_file() {
  if (is_fixed_) ::io_uring_unregister_files(&ring_);
}

void RingWriter::make_ring() {
  const auto flags = polls_ ? std::span<const unsigned>(kPollingFlags) : std::span<const unsigned>(kFlags);
  int result = -EINVAL;
  for (std::size_t i = 0; i < flags.size() && result == -EINVAL; ++i) {
    io_uring_params parameters{};
    parameters.flags = flags[i];
    parameters.sq_thread_idle = kPollingMilliseconds;
    result = ::io_uring_queue_init_params(blocks_ + 2, &ring_, &parameters);
  }
  if (result == 0) return;
  if (const auto refusal = io_uring_refusal_of(-result)) throw Unsupported(*refusal);
  throw_error(-result, "io_uring_setup");
}

void RingWriter::register_all() {
  if (block_bytes_ > kMostRegistered) {
    throw Unsupported("a registered buffer has at most 1 GiB: use smaller blocks, or set fixed=off");
  }
  const int descriptor = file_.descriptor();
  if (const int result = ::io_uring_register_files(&ring_, &descriptor, 1); result < 0) {
    throw_error(-result, "io_uring_register_files");
  }
  std::vector<iovec> blocks;
  for (Index block = 0; block < blocks_; ++block) {
    blocks.push_back({arena_.data() + block * block_bytes_, block_bytes_});
  }
  const int result = ::io_uring_register_buffers(&ring_, blocks.data(), blocks_);
  if (result == -ENOMEM) refuse_to_lock(arena_.bytes());
  if (result < 0) throw_error(-result, "io_uring_register_buffers");
}

std::string_view RingWriter::padded(std::string_view bytes, Index block) const {
  const std::size_t padded_bytes = rounded_up(bytes.size(), alignment_bytes_);
  std::memset(arena_.data() + block * block_bytes_ + bytes.size(), 0, padded_bytes - bytes.size());
  return {bytes.data(), padded_bytes};
}

bool RingWriter::is_due(std::uint64_t from_bytes, std::uint64_t to_bytes) const {
  return interval_bytes_ != 0 && from_bytes / interval_bytes_ != to_bytes / interval_bytes_;
}

void RingWriter::start(Index index, const Request& request) {
  requests_[index] = request;
  if (request.syncs) {
    syncing_bytes_ = unsynced_bytes_ + request.bytes;
    unsynced_bytes_ = 0;
  }
  ++in_flight_;
  queue(index);
  submit();
}

// Without a polling thread there always is room: each request has an entry, but for the only one that is linked to a
// sync, which has two. A polling thread takes several entries, and completes their requests before it says that it has
// taken them. Waits for two at once, so that a write and the sync that is linked to it are submitted together.
void RingWriter::wait_for_entries() {
  while (::io_uring_sq_space_left(&ring_) < 2) {
    int result = ::io_uring_submit(&ring_);  // wakes the thread if it sleeps
    if (result >= 0) result = ::io_uring_sqring_wait(&ring_);
    if (result >= 0 || result == -EINTR || result == -EAGAIN || result == -EBUSY) continue;
    is_broken_ = true;
    throw IoError("io_uring_enter", file_.path(), -result);
  }
}

void RingWriter::queue(Index index) {
  Request& request = requests_[index];
  const int descriptor = is_fixed_ ? 0 : file_.descriptor();
  const unsigned of_file = is_fixed_ ? IOSQE_FIXED_FILE : 0;
  wait_for_entries();
  if (!request.left.empty()) {
    io_uring_sqe* const entry = ::io_uring_get_sqe(&ring_);
    const auto bytes = static_cast<unsigned>(std::min(request.left.size(), kMostWritten));
    if (is_fixed_) {
      ::io_uring_prep_write_fixed(entry, descriptor, request.left.data(), bytes, request.left_offset_bytes,
                                  static_cast<int>(index));
    } else {
      ::io_uring_prep_write(entry, descriptor, request.left.data(), bytes, request.left_offset_bytes);
    }
    ::io_uring_sqe_set_flags(entry, of_file | (request.syncs ? IOSQE_IO_LINK : 0));
    ::io_uring_sqe_set_data64(entry, std::uint64_t{index} << 1);
    ++request.completions;
  }
  if (request.syncs) {
    io_uring_sqe* const entry = ::io_uring_get_sqe(&ring_);
    ::io_uring_prep_fsync(entry, descriptor, IORING_FSYNC_DATASYNC);
    ::io_uring_sqe_set_flags(entry, of_file);
    ::io_uring_sqe_set_data64(entry, std::uint64_t{index} << 1 | kOfSync);
    ++request.completions;
  }
  queued_ += request.completions;
}

void RingWriter::submit() {
  while (!is_broken_ && ::io_uring_sq_ready(&ring_) > 0) {
    const int result = job_.submission([this] { return ::io_uring_submit(&ring_); });
    if (result >= 0) {
      if (polls_) return;                                // the kernel's thread takes the rest
    } else if (result == -EAGAIN || result == -EBUSY) {  // it lacks memory for more requests
      if (queued_ > ::io_uring_sq_ready(&ring_)) {
        reap_completions(true);
      } else {
        std::this_thread::yield();
      }
    } else if (result != -EINTR) {
      is_broken_ = true;
      throw IoError("io_uring_enter", file_.path(), -result);
    }
  }
}

// A copy into the page cache ends soon. Sleeping until then would have the kernel's worker wake this thread after each
// block: 64 KiB blocks then took 1.10 to 1.44 times as long as write(2) on two virtual processors, and 0.96 to 1.08
// times with spinning. A device takes longer than a spin.
void RingWriter::spin_until_completion() const {
  spinning_.spin_until([this] {
    return ::io_uring_cq_ready(&ring_) > 0 || (IO_URING_READ_ONCE(*ring_.sq.kflags) & IORING_SQ_TASKRUN) != 0;
  });
}

// Deals with every completion that is there, and submits what has to be repeated.
void RingWriter::reap(bool wait) {
  submit();  // an exception may have come between
  reap_completions(wait);
  submit();
}

void RingWriter::reap_completions(bool wait) {
  io_uring_cqe* completion = nullptr;
  int result = wait ? ::io_uring_wait_cqe(&ring_, &completion) : ::io_uring_peek_cqe(&ring_, &completion);
  while (result == 0) {
    const std::uint64_t number = ::io_uring_cqe_get_data64(completion);
    const int of_request = completion->res;
    ::io_uring_cqe_seen(&ring_, completion);
    --queued_;
    handle(number, of_request);
    result = ::io_uring_peek_cqe(&ring_, &completion);
  }
  if (result == -EAGAIN || result == -EINTR) return;
  is_broken_ = true;
  throw IoError("io_uring_enter", file_.path(), -result);
}

void RingWriter::handle(std::uint64_t number, int result) {
  const auto index = static_cast<Index>(number >> 1);
  Request& request = requests_[index];
  if ((number & kOfSync) != 0) {
    request.sync_result = result;
  } else {
    took(request, result);
  }
  if (--request.completions == 0) settle(index);
}

void RingWriter::took(Request& request, int result) {
  if (result > 0) {
    request.left.remove_prefix(static_cast<std::size_t>(result));
    request.left_offset_bytes += static_cast<std::uint64_t>(result);
  } else if (result != -EINTR && result != -EAGAIN) {
    fail({"write", request.left_offset_bytes, result == 0 ? EIO : -result});
  }
}

// Everything of a request that was submitted has come back. A write that was short has broken its link, so that the
// sync after it was cancelled: the rest and the sync follow.
void RingWriter::settle(Index index) {
  Request& request = requests_[index];
  const bool is_cut = request.syncs && (request.sync_result == -EINTR || !request.left.empty());
  if (request.syncs && request.sync_result < 0 && !is_cut) fail({"fdatasync", std::nullopt, -request.sync_result});
  if (!failure_ && (!request.left.empty() || is_cut)) return queue(index);
  --in_flight_;
  if (index < blocks_) free_.push_back(index);
  if (failure_) return;
  if (request.syncs) return synced();
  if (links_syncs_ && job_.durability().kind != Durability::Kind::kNone) {
    unsynced_bytes_ += request.bytes;
  } else if (interval_bytes_ == 0) {
    file_.completed(request.offset_bytes, request.bytes);
  }
}

void RingWriter::synced() {
  has_synced_ = true;
  file_.synced(std::exchange(syncing_bytes_, 0));
}

void RingWriter::wait_for_all() {
  while (in_flight_ > 0 && !is_broken_) {
    try {
      reap(true);
    } catch (...) {  // of one completion; the next iteration goes on with the others
    }
  }
}

void RingWriter::fail(const Failure& failure) {
  if (!failure_) failure_ = failure;
}

void RingWriter::throw_if_failed() const {
  if (!failure_) return;
  std::string operation = failure_->operation;
  int error_number = failure_->error_number;
  if (error_number == ECANCELED) {  // nobody else cancels anything
    operation += " (the kernel can start no worker thread)";
    error_number = EAGAIN;
  }
  if (!failure_->offset_bytes) throw IoError(operation, file_.path(), error_number);
  throw IoError(operation, file_.path(), *failure_->offset_bytes, error_number);
}

}  // namespace writebench::strategies

#endif
