#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "writebench/errors.hpp"
#include "writebench/parameters.hpp"

namespace writebench {

/// The calls that File makes, so that a test can put failing or short ones in their place.
struct Syscalls {
  ssize_t (*write)(int, const void*, std::size_t) = ::write;
  ssize_t (*pwrite)(int, const void*, std::size_t, off_t) = ::pwrite;
  int (*fdatasync)(int) = ::fdatasync;
  int (*close)(int) = ::close;
};

/// The file under test, and the one place where the rules of failing are kept: an interrupted call is made again, a
/// short count is continued, no progress is an error, close is never retried (on Linux the descriptor is gone either
/// way, close(2)), and the first failed sync is final (the kernel marks the pages clean, so a second may succeed with
/// the data lost, fsync(2)). The durability of the job is kept here too: each write counts towards the next fdatasync.
///
/// write_all() appends and belongs to one thread at a time; pwrite_all() and sync() may be called from many.
/// All throw IoError.
class File {
 public:
  /// Takes over `descriptor`, open for writing at offset 0 of an empty file.
  File(std::string path, int descriptor, Durability durability, Syscalls syscalls = {})
      : path_(std::move(path)),
        descriptor_(descriptor),
        sync_interval_bytes_(durability.kind == Durability::Kind::kLine    ? 1
                             : durability.kind == Durability::Kind::kBytes ? durability.interval_bytes
                                                                           : 0),
        syscalls_(syscalls) {}

  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) syscalls_.close(descriptor_);
  }

  /// Writes all of `bytes` at the end of what write_all() wrote before; of nothing, nothing.
  [[gnu::noinline]] void write_all(std::string_view bytes) {
    const std::size_t total = bytes.size();
    while (!bytes.empty()) {
      const ssize_t written = syscalls_.write(descriptor_, bytes.data(), bytes.size());
      bytes.remove_prefix(progress("write", written, position_bytes_));
      position_bytes_ += static_cast<std::uint64_t>(written > 0 ? written : 0);
    }
    written_bytes(total);
  }

  /// Writes all of `bytes` at `offset_bytes`; the position of write_all() stays where it is.
  [[gnu::noinline]] void pwrite_all(std::string_view bytes, std::uint64_t offset_bytes) {
    const std::size_t total = bytes.size();
    while (!bytes.empty()) {
      const ssize_t written =
          syscalls_.pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
      bytes.remove_prefix(progress("pwrite", written, offset_bytes));
      offset_bytes += static_cast<std::uint64_t>(written > 0 ? written : 0);
    }
    written_bytes(total);
  }

  /// Makes everything written so far durable (fdatasync(2)).
  void sync() {
    if (const int earlier = sync_error_.load()) throw IoError("fdatasync", path_, 0, earlier);
    while (syscalls_.fdatasync(descriptor_) != 0) {
      if (errno == EINTR) continue;
      const int error = errno;
      sync_error_.store(error);
      throw IoError("fdatasync", path_, 0, error);
    }
  }

  /// Closes and reports what close reports; the destructor only releases.
  void close() {
    if (syscalls_.close(std::exchange(descriptor_, -1)) != 0 && errno != EINTR) throw IoError("close", path_, 0, errno);
  }

  /// The raw descriptor, for mechanisms of a strategy's own; still owned by this object.
  int descriptor() const { return descriptor_; }
  const std::string& path() const { return path_; }

 private:
  std::size_t progress(const char* operation, ssize_t written, std::uint64_t offset_bytes) const {
    if (written > 0) return static_cast<std::size_t>(written);
    if (written < 0 && errno == EINTR) return 0;
    throw IoError(operation, path_, offset_bytes, written < 0 ? errno : EIO);
  }

  void written_bytes(std::size_t bytes) {
    if (sync_interval_bytes_ == 0 || bytes == 0) return;
    const std::uint64_t before = unsynced_bytes_.fetch_add(bytes);
    if (before / sync_interval_bytes_ != (before + bytes) / sync_interval_bytes_) sync();
  }

  const std::string path_;
  int descriptor_;
  const std::uint64_t sync_interval_bytes_;  // 0: no write is followed by a sync
  const Syscalls syscalls_;
  std::uint64_t position_bytes_ = 0;
  std::atomic<std::uint64_t> unsynced_bytes_{0};  // in all; each multiple of the interval that it passes is a sync
  std::atomic<int> sync_error_{0};
};

}  // namespace writebench
