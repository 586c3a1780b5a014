#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "writebench/errors.hpp"
#include "writebench/parameters.hpp"

namespace writebench {

/// The system calls that File makes. A test can replace them by calls that fail or return short counts.
struct Syscalls {
  ssize_t (*write)(int, const void*, std::size_t) = ::write;
  ssize_t (*pwrite)(int, const void*, std::size_t, off_t) = ::pwrite;
  ssize_t (*writev)(int, const iovec*, int) = ::writev;
  int (*ftruncate)(int, off_t) = ::ftruncate;
  int (*fdatasync)(int) = ::fdatasync;
  int (*fsync)(int) = ::fsync;
  int (*close)(int) = ::close;
  ssize_t (*pread)(int, void*, std::size_t, off_t) = ::pread;
  ssize_t (*copy_file_range)(int, off_t*, int, off_t*, std::size_t, unsigned) = ::copy_file_range;
  ssize_t (*pwritev2)(int, const iovec*, int, off_t, int) = ::pwritev2;
  int (*sync_file_range)(int, off_t, off_t, unsigned) = ::sync_file_range;
};

/// How the harness opens the files of a job.
struct Access {
  bool read = false;    ///< O_RDWR instead of O_WRONLY: a shared writable mapping needs it (mmap(2))
  bool append = false;  ///< O_APPEND
  bool direct = false;  ///< O_DIRECT: offsets, lengths and memory must be aligned
  bool dsync = false;   ///< O_DSYNC: each write is on the device when it returns
  bool fsync = false;   ///< sync() calls fsync(2) instead of fdatasync(2); not a way to open it
  /// The strategy opens job.path(i) itself. job.file(i) has a read-only descriptor, opened before prepare(), which
  /// serves sync(), written() and synced().
  bool by_name = false;

  bool operator==(const Access&) const = default;
};

/// Told what a File has passed on, for a run that records it. Calls come from the threads that use the file, possibly
/// from several at once.
class FileObserver {
 public:
  /// The offset of bytes that reached the kernel in a way that File does not see (File::written(), File::synced()).
  static constexpr std::uint64_t kUnknownOffset = UINT64_MAX;

  virtual ~FileObserver() = default;

  /// So many bytes are with the kernel and, if `durable`, on the device. The offsets of several threads that append at
  /// once may have changed places: then only all of them together are at the offsets told.
  virtual void wrote(std::uint64_t offset_bytes, std::uint64_t bytes, bool durable) = 0;

  /// An fdatasync, or an fsync, begins. Returns what sync_returned() is to be called with once it has returned without
  /// an error.
  virtual std::int64_t sync_begins() = 0;
  virtual void sync_returned(std::int64_t began) = 0;
};

/// One of the files under test. This class alone implements the failure rules:
/// - an interrupted call is repeated;
/// - a short count is continued, except in append_whole();
/// - zero progress is an error;
/// - close is never retried: on Linux the descriptor is gone either way (close(2));
/// - the first failed sync is final: the kernel marks the pages clean, so a second sync may succeed although the data
///   is lost (fsync(2)).
///
/// It also implements the durability of the job, for each file separately: all bytes written count towards the next
/// fdatasync. Access says whether that call is an fsync instead, or not needed because of O_DSYNC.
///
/// Only one thread at a time may call write_all(), writev_all() or append_copy_of(). Many threads may call the other
/// methods at once, except truncate(), write_zeros() and close(). They throw IoError.
///
/// It has no locks and only atomic state, so a strategy that forks may use it in all of its processes at once: the
/// harness keeps it in memory that they share. The descriptor is that of each process.
class File {
 public:
  /// Takes ownership of `descriptor`, which is open for writing at offset 0 as `access` says. `observer` may be null
  /// and outlives the file.
  File(std::string path, int descriptor, Durability durability, Syscalls syscalls = {}, Access access = {},
       FileObserver* observer = nullptr)
      : path_(std::move(path)),
        descriptor_(descriptor),
        sync_interval_bytes_(durability.kind == Durability::Kind::kLine    ? 1
                             : durability.kind == Durability::Kind::kBytes ? durability.interval_bytes
                                                                           : 0),
        syscalls_(syscalls),
        access_(access),
        observer_(observer) {}

  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) syscalls_.close(descriptor_);
  }

  /// Writes all of `bytes` at the current position. Makes no call if `bytes` is empty.
  [[gnu::noinline]] void write_all(std::string_view bytes) {
    const std::size_t total = bytes.size();
    while (!bytes.empty()) {
      const ssize_t taken = syscalls_.write(descriptor_, bytes.data(), bytes.size());
      const std::uint64_t position = position_bytes_.load(std::memory_order_relaxed);
      const std::size_t count = progress("write", taken, position);
      bytes.remove_prefix(count);
      position_bytes_.store(position + count, std::memory_order_relaxed);
      tell_wrote(position, count);
    }
    wrote(total);
  }

  /// Writes all of `parts` at the current position, one after the other, in one writev(2) if the kernel takes them all.
  /// There are at most IOV_MAX parts. Changes them.
  [[gnu::noinline]] void writev_all(std::span<iovec> parts) {
    std::size_t total = 0;
    while (true) {
      while (!parts.empty() && parts.front().iov_len == 0) parts = parts.subspan(1);
      if (parts.empty()) break;
      const ssize_t taken = syscalls_.writev(descriptor_, parts.data(), static_cast<int>(parts.size()));
      const std::uint64_t position = position_bytes_.load(std::memory_order_relaxed);
      const std::size_t count = progress("writev", taken, position);
      position_bytes_.store(position + count, std::memory_order_relaxed);
      tell_wrote(position, count);
      total += count;
      for (std::size_t left = count; left > 0;) {
        const std::size_t of_part = std::min(left, parts.front().iov_len);
        parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + of_part;
        parts.front().iov_len -= of_part;
        left -= of_part;
        if (parts.front().iov_len == 0) parts = parts.subspan(1);
      }
    }
    wrote(total);
  }

  /// Writes all of `bytes` at `offset_bytes`; does not move the position of write_all().
  void pwrite_all(std::string_view bytes, std::uint64_t offset_bytes) { pwrite_padded(bytes, offset_bytes, 0); }

  /// The same, but the last `padding_bytes` are not bytes of the job, and nothing counts them. O_DIRECT needs them, as
  /// it writes whole blocks only.
  [[gnu::noinline]] void pwrite_padded(std::string_view bytes, std::uint64_t offset_bytes, std::size_t padding_bytes) {
    pwrite_by("pwrite", bytes, offset_bytes, padding_bytes, [this](std::string_view rest, std::uint64_t at) {
      return syscalls_.pwrite(descriptor_, rest.data(), rest.size(), static_cast<off_t>(at));
    });
  }

  /// As pwrite_all(), by pwritev2(2) with these flags. A flag that the kernel or the file system does not support is an
  /// error (EOPNOTSUPP).
  [[gnu::noinline]] void pwrite_all_with(int flags, std::string_view bytes, std::uint64_t offset_bytes) {
    pwrite_by("pwritev2", bytes, offset_bytes, 0, [this, flags](std::string_view rest, std::uint64_t at) {
      const iovec part{const_cast<char*>(rest.data()), rest.size()};
      return syscalls_.pwritev2(descriptor_, &part, 1, static_cast<off_t>(at), flags);
    });
  }

  /// Writes all of `bytes` in one write(2), for several writers that append to one file with O_APPEND. A short count is
  /// an error (EIO): another writer may have appended already, and continuing would tear the line. Beside other writers
  /// the offset that an error names may be that of one of their lines.
  [[gnu::noinline]] void append_whole(std::string_view bytes) {
    if (bytes.empty()) return;
    std::size_t count = 0;
    while (count == 0) {
      const ssize_t taken = syscalls_.write(descriptor_, bytes.data(), bytes.size());
      count = progress("write", taken, position_bytes_.load(std::memory_order_relaxed));
    }
    const std::uint64_t position = position_bytes_.fetch_add(count);
    tell_wrote(position, count);
    if (count < bytes.size()) {
      throw IoError("write (" + std::to_string(count) + " of " + std::to_string(bytes.size()) + " bytes taken)", path_,
                    position, EIO);
    }
    wrote(bytes.size());
  }

  /// Writes all bytes of another file of the job at the current position. The kernel copies them
  /// (copy_file_range(2)); where it refuses that, they are read and written, and copy_refused() says so. The other file
  /// must be open for reading, and nobody may write to it meanwhile.
  [[gnu::noinline]] void append_copy_of(File& from) {
    const std::uint64_t total = from.position_bytes_.load(std::memory_order_relaxed);
    // With a sync whenever so many more bytes are written, no call may take more than that.
    const std::uint64_t most = sync_interval_bytes_ == 0 ? kMostCopied : std::min(sync_interval_bytes_, kMostCopied);
    for (std::uint64_t done = 0; done < total;) {
      const auto wanted = static_cast<std::size_t>(std::min(total - done, most));
      done += copy_refused() ? copy_through_memory(from, done, wanted) : copy_in_kernel(from, done, wanted);
    }
  }

  /// Whether the kernel has refused to copy (append_copy_of()).
  bool copy_refused() const { return copy_refused_.load(std::memory_order_relaxed); }

  /// Fills the first `bytes` of the file with zeros, on the device, so that what is written there later neither changes
  /// its size nor allocates space. They are not bytes of the job: nothing counts them. With O_DIRECT, `bytes` must be
  /// aligned. Call it from prepare().
  void write_zeros(std::uint64_t bytes) {
    if (bytes == 0) return;
    alignas(4096) static constexpr char kZeros[1 << 16] = {};
    for (std::uint64_t at = 0; at < bytes;) {
      const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(bytes - at, sizeof kZeros));
      at += progress("pwrite", syscalls_.pwrite(descriptor_, kZeros, wanted, static_cast<off_t>(at)), at);
    }
    while (syscalls_.fsync(descriptor_) != 0) {
      if (errno != EINTR) throw IoError("fsync", path_, errno);
    }
  }

  /// Reports that `bytes` more reached the kernel in another way, such as through a mapping. They count like those of
  /// write_all(), so this call may sync. Throws Unsupported if the file is open with O_DSYNC, which does nothing for
  /// such bytes.
  void written(std::uint64_t bytes) {
    if (access_.dsync) throw Unsupported("it does not write with write(2), so O_DSYNC makes none of its bytes durable");
    if (observer_ != nullptr && bytes != 0) observer_->wrote(FileObserver::kUnknownOffset, bytes, false);
    count_unsynced(bytes);
  }

  /// Reports that a write of `bytes` at `offset_bytes` through descriptor() has completed, which an interface made that
  /// this class does not call, such as aio_write(3) or io_submit(2). It counts like one of pwrite_all(), also if the
  /// file is open with O_DSYNC. Any number of threads may call it.
  void completed(std::uint64_t offset_bytes, std::uint64_t bytes) {
    tell_wrote(offset_bytes, bytes);
    wrote(bytes);
  }

  /// Whether written() of so many bytes would sync now. A strategy with an event loop then calls it on another thread.
  bool would_sync(std::uint64_t bytes) const {
    return sync_interval_bytes_ != 0 && passes_interval(unsynced_bytes_.load(std::memory_order_relaxed), bytes);
  }

  /// Reports that `bytes` more reached the device in another way, such as by the strategy's own fsync. They need no
  /// fdatasync. Call this instead of written().
  void synced(std::uint64_t bytes) {
    if (observer_ != nullptr && bytes != 0) observer_->wrote(FileObserver::kUnknownOffset, bytes, true);
    count_synced(bytes);
  }

  /// Asks the kernel to begin to write this part of the file to the device (sync_file_range(2)). That is a hint: it
  /// makes nothing durable, because neither the file's size nor the blocks that it was given are written.
  void begin_writeback(std::uint64_t offset_bytes, std::uint64_t bytes) {
    sync_range(offset_bytes, bytes, SYNC_FILE_RANGE_WRITE);
  }

  /// The same, and waits until it is done. The kernel reports an error of the device only once, so one that this call
  /// reports is final, as that of a sync.
  void finish_writeback(std::uint64_t offset_bytes, std::uint64_t bytes) {
    sync_range(offset_bytes, bytes, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
  }

  /// Shortens or extends the file to `bytes` (ftruncate(2)). The position of write_all() does not change, except with
  /// O_APPEND, which writes at the new end.
  void truncate(std::uint64_t bytes) {
    while (syscalls_.ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
      if (errno != EINTR) throw IoError("ftruncate", path_, errno);
    }
    if (access_.append) position_bytes_.store(bytes, std::memory_order_relaxed);
    has_unsynced_changes_.store(true, std::memory_order_relaxed);
  }

  /// Makes everything written so far durable (fdatasync(2) or fsync(2)). Makes no call if the device already has all of
  /// it.
  void sync() {
    const char* const operation = access_.fsync ? "fsync" : "fdatasync";
    if (const int earlier = sync_error_.load()) throw IoError(operation, path_, earlier);
    if (has_synced_bytes_.load(std::memory_order_relaxed) && !has_unsynced_changes_.load(std::memory_order_relaxed)) {
      return;
    }
    syncs_.fetch_add(1, std::memory_order_relaxed);
    const std::int64_t began = observer_ != nullptr ? observer_->sync_begins() : 0;
    while ((access_.fsync ? syscalls_.fsync : syscalls_.fdatasync)(descriptor_) != 0) {
      if (errno == EINTR) continue;
      const int error = errno;
      sync_error_.store(error);
      throw IoError(operation, path_, error);
    }
    if (observer_ != nullptr) observer_->sync_returned(began);
  }

  /// How often data was made durable so far: the calls of fdatasync(2) or fsync(2), the writes with O_DSYNC, and the
  /// calls of synced() for any bytes.
  std::uint64_t syncs() const { return syncs_.load(std::memory_order_relaxed); }

  /// Closes the file and throws if close fails; the destructor ignores such a failure.
  void close() {
    if (syscalls_.close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) throw IoError("close", path_, errno);
  }

  /// The raw descriptor, for a strategy that makes its own system calls; this object still owns it.
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  static constexpr std::uint64_t kMostCopied = 1 << 30;

  // `call` writes what it can of the rest, at that offset.
  template <class Call>
  void pwrite_by(const char* operation, std::string_view bytes, std::uint64_t offset_bytes, std::size_t padding_bytes,
                 Call call) {
    const std::size_t total = bytes.size() - padding_bytes;
    const std::uint64_t end_bytes = offset_bytes + total;
    while (!bytes.empty()) {
      const std::size_t count = progress(operation, call(bytes, offset_bytes), offset_bytes);
      bytes.remove_prefix(count);
      if (offset_bytes < end_bytes) tell_wrote(offset_bytes, std::min<std::uint64_t>(count, end_bytes - offset_bytes));
      offset_bytes += count;
    }
    wrote(total);
  }

  void sync_range(std::uint64_t offset_bytes, std::uint64_t bytes, unsigned flags) {
    while (syscalls_.sync_file_range(descriptor_, static_cast<off_t>(offset_bytes), static_cast<off_t>(bytes), flags) !=
           0) {
      if (errno == EINTR) continue;
      const int error = errno;
      sync_error_.store(error);
      throw IoError("sync_file_range", path_, offset_bytes, error);
    }
  }

  // Both return the number of bytes copied; 0 if the call must be repeated.
  std::size_t copy_in_kernel(const File& from, std::uint64_t offset_bytes, std::size_t bytes) {
    auto at = static_cast<off_t>(offset_bytes);
    const std::uint64_t position = position_bytes_.load(std::memory_order_relaxed);
    const ssize_t taken = syscalls_.copy_file_range(from.descriptor_, &at, descriptor_, nullptr, bytes, 0);
    // Other file systems, no such operation, or no such system call (copy_file_range(2)).
    if (taken < 0 && (errno == EXDEV || errno == EINVAL || errno == EOPNOTSUPP || errno == ENOSYS)) {
      copy_refused_.store(true, std::memory_order_relaxed);
      return 0;
    }
    const std::size_t count = progress("copy_file_range", taken, position);
    position_bytes_.store(position + count, std::memory_order_relaxed);
    tell_wrote(position, count);
    wrote(count);
    return count;
  }

  std::size_t copy_through_memory(const File& from, std::uint64_t offset_bytes, std::size_t bytes) {
    char piece[65536];
    const ssize_t taken =
        syscalls_.pread(from.descriptor_, piece, std::min(bytes, sizeof piece), static_cast<off_t>(offset_bytes));
    const std::size_t count = from.progress("pread", taken, offset_bytes);
    write_all({piece, count});
    return count;
  }

  // Returns the number of bytes taken; 0 if the call must be repeated.
  std::size_t progress(const char* operation, ssize_t taken, std::uint64_t offset_bytes) const {
    if (taken > 0) return static_cast<std::size_t>(taken);
    if (taken < 0 && errno == EINTR) return 0;
    throw IoError(operation, path_, offset_bytes, taken < 0 ? errno : EIO);
  }

  void tell_wrote(std::uint64_t offset_bytes, std::uint64_t bytes) const {
    if (observer_ != nullptr && bytes != 0) observer_->wrote(offset_bytes, bytes, access_.dsync);
  }

  void wrote(std::size_t bytes) {
    if (access_.dsync) {
      count_synced(bytes);
    } else {
      count_unsynced(bytes);
    }
  }

  void count_synced(std::uint64_t bytes) {
    if (bytes == 0) return;
    has_synced_bytes_.store(true, std::memory_order_relaxed);
    syncs_.fetch_add(1, std::memory_order_relaxed);
  }

  void count_unsynced(std::uint64_t bytes) {
    if (bytes == 0) return;
    if (!has_unsynced_changes_.load(std::memory_order_relaxed)) {  // avoids a store that parallel writers contend for
      has_unsynced_changes_.store(true, std::memory_order_relaxed);
    }
    if (sync_interval_bytes_ == 0) return;
    if (passes_interval(unsynced_bytes_.fetch_add(bytes), bytes)) sync();
  }

  bool passes_interval(std::uint64_t before, std::uint64_t bytes) const {
    return before / sync_interval_bytes_ != (before + bytes) / sync_interval_bytes_;
  }

  const std::string path_;
  int descriptor_;
  const std::uint64_t sync_interval_bytes_;  // 0: writes never trigger a sync
  const Syscalls syscalls_;
  const Access access_;
  FileObserver* const observer_;
  std::atomic<std::uint64_t> position_bytes_{0};  // bytes written by write_all(), writev_all() and append_whole()
  std::atomic<std::uint64_t> unsynced_bytes_{0};  // total; a sync is due at each multiple of the interval
  std::atomic<std::uint64_t> syncs_{0};
  std::atomic<bool> has_unsynced_changes_{false};
  std::atomic<bool> has_synced_bytes_{false};
  std::atomic<bool> copy_refused_{false};
  std::atomic<int> sync_error_{0};
};

}  // namespace writebench
