#pragma once

#include <liburing.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "strategies/io_uring/arena.hpp"
#include "strategies/io_uring/options.hpp"
#include "strategies/support/parking.hpp"
#include "writebench/job.hpp"

namespace writebench::strategies {

/// Writes blocks one after the other to the file of a job, through an io_uring (io_uring(7)), with several in flight.
/// Each has its offset, so it does not matter in which order the kernel completes them.
///
/// Owns the ring and the memory of all blocks: min(--queue-depth, 16384, the blocks of the job) of them, one of which
/// the caller fills. It implements the failure rules of File for writes that File does not see: an interrupted write
/// (EINTR, EAGAIN) is repeated, a short one continued where it ended, one without progress is an error, and the first
/// failed sync is final. After an error nothing is submitted any more, everything in flight is waited for, and then
/// every call throws that error (IoError).
///
/// For one thread, the one that has made it.
class RingWriter {
 public:
  struct Setup {
    std::size_t alignment_bytes = 1;  ///< O_DIRECT: each block is a multiple of it
    Pages pages = Pages::kNormal;
    const Option* fixed = &kFixedIfBuffered;  ///< the one that the strategy lists
    /// A sync that is due is linked to the write that makes it due, and File::sync() never called. Else File syncs as
    /// it does for all strategies, whenever nothing is in flight.
    bool links_syncs = false;
  };

  /// Throws Unsupported if the kernel refuses io_uring or to lock the blocks in memory, std::bad_alloc and
  /// std::system_error.
  RingWriter(Job& job, const Setup& setup);
  RingWriter(const RingWriter&) = delete;
  RingWriter& operator=(const RingWriter&) = delete;
  ~RingWriter();  // waits for what is in flight

  /// The memory of a block that is not in flight, for the caller. Call it once; the next ones come from write().
  std::span<char> free_block();

  /// Submits what the caller has put into its block, and returns the memory of the next one: waits for it if all are in
  /// flight, at first without sleeping if the writes are buffered. Nothing happens if there is nothing in it. Only the
  /// last block may have a size that is not aligned; it is padded with zeros, which are no bytes of the job.
  std::span<char> write(std::string_view bytes);

  /// Waits until nothing is in flight.
  void drain();

  /// With links_syncs: makes everything durable that is not yet so.
  void sync();

  /// Gives up the registered file, so that it is really closed when its descriptor is.
  void release_file();

  /// The end of the last write, with its padding.
  std::uint64_t file_bytes() const { return file_bytes_; }

 private:
  using Index = std::uint32_t;

  // A block that is in flight, or a sync alone.
  struct Request {
    std::string_view left;  // not yet written
    std::uint64_t left_offset_bytes = 0;
    std::uint64_t offset_bytes = 0;
    std::uint64_t bytes = 0;   // without padding
    bool syncs = false;        // a sync follows the write
    unsigned completions = 0;  // still to come
    int sync_result = 0;       // of the last one
  };

  struct Failure {
    const char* operation;
    std::optional<std::uint64_t> offset_bytes;  // none of a call on the whole file
    int error_number;
  };

  void make_ring();
  void register_all();
  std::string_view padded(std::string_view bytes, Index block) const;
  bool is_due(std::uint64_t from_bytes, std::uint64_t to_bytes) const;
  void start(Index index, const Request& request);
  void wait_for_entries();
  void queue(Index index);
  void submit();
  bool is_direct() const { return alignment_bytes_ > 1; }
  void spin_until_completion() const;
  void reap(bool wait);
  void reap_completions(bool wait);
  void handle(std::uint64_t completed, int result);
  void took(Request& request, int result);
  void settle(Index index);
  void synced();
  void wait_for_all();
  void fail(const Failure& failure);
  void throw_if_failed() const;

  Job& job_;
  File& file_;
  const std::size_t alignment_bytes_;
  const std::size_t block_bytes_;
  const Index blocks_;
  const bool links_syncs_;
  const bool polls_;
  const bool is_fixed_;
  const std::uint64_t interval_bytes_;  // a sync is due whenever so many more are written; 0: never
  const Parking spinning_;
  Arena arena_;
  io_uring ring_{};
  std::vector<Request> requests_;  // one for each block, and one for a sync alone
  std::vector<Index> free_;        // blocks
  unsigned in_flight_ = 0;         // requests that have not come to their end
  unsigned queued_ = 0;            // entries whose completion has not come; not all need be submitted
  bool is_broken_ = false;         // the ring itself: nothing comes back any more
  std::optional<Failure> failure_;
  std::uint64_t end_bytes_ = 0;       // of what was submitted
  std::uint64_t file_bytes_ = 0;      // the same with padding
  std::uint64_t reported_bytes_ = 0;  // of these, if they are reported when nothing is in flight
  std::uint64_t unsynced_bytes_ = 0;  // with links_syncs: complete, and no sync that covers them has been submitted
  std::uint64_t syncing_bytes_ = 0;   // covered by the sync that is in flight
  bool has_synced_ = false;
};

}  // namespace writebench::strategies
