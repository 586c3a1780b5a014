#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace writebench::engine {

/// What syncing does in a directory, found by trying it.
struct Syncing {
  /// Nothing becomes durable: a sync of new data takes no longer than the system call itself, or sends nothing to the
  /// device that the file system is on.
  bool does_nothing = false;
  std::int64_t sync_ns = 0;  ///< median of the syncs that were tried
  /// What the file system itself writes, such as its journal: for each sync beyond the data, and for each new file that
  /// is settled and removed. Absent if the device is unknown.
  std::optional<std::int64_t> bytes_beyond_data, bytes_per_file;
};

/// The calls that the probe makes; tests replace them.
struct SyncProbeCalls {
  std::function<int(int)> sync;                               ///< fdatasync(2)
  std::function<std::optional<std::int64_t>()> device_bytes;  ///< written to the device so far
  std::function<std::int64_t()> dirtied_bytes;                ///< that this process made dirty so far
};

/// Writes and syncs a few files in `directory`, which is the caller's own, and removes them. Takes about 60 ms,
/// or six syncs if they take longer. Whatever others write to the device meanwhile hardly counts: each amount is the
/// lower quartile of several attempts. Throws IoError.
Syncing probe_syncing(const std::string& directory);
Syncing probe_syncing(const std::string& directory, const SyncProbeCalls& calls);

}  // namespace writebench::engine
