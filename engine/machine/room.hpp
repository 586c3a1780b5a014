#pragma once

#include <sys/quota.h>
#include <sys/statvfs.h>

#include <cstdint>
#include <optional>
#include <string>

namespace writebench::engine {

/// What there is for new files in a directory. Absent values are unknown, or without a limit.
struct Room {
  /// Free in the file system, without what it reserves for root. Unknown if it does not count its blocks, as ramfs, or
  /// does not tell, as a FUSE file system may.
  std::optional<std::uint64_t> free_bytes;
  std::optional<std::uint64_t> free_files;       ///< inodes, counted likewise
  std::optional<std::uint64_t> quota_bytes;      ///< what the quota of this user or group leaves (quotactl(2))
  std::optional<std::uint64_t> most_file_bytes;  ///< what one file may have (RLIMIT_FSIZE, setrlimit(2))
  /// Memory and swap of this process, if the file system keeps its files there.
  std::optional<std::uint64_t> memory_bytes;
};

/// The calls that are asked; tests replace them.
struct RoomCalls {
  int (*statvfs)(int, struct statvfs*) = ::fstatvfs;
  /// Q_GETQUOTA for a type (USRQUOTA, …) and an id, of the file system that a descriptor is on.
  int (*get_quota)(int descriptor, int type, unsigned id, dqblk* quota) = nullptr;  ///< null: the kernel
};

/// Throws IoError if the directory cannot be opened.
Room room_in(const std::string& directory, const RoomCalls& calls = {});

/// The memory that this process can have: the machine's, or the limit of its control groups if that is less.
std::uint64_t memory_of_process_bytes();

}  // namespace writebench::engine
