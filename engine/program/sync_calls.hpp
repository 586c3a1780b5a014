#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "engine/owned_descriptor.hpp"

namespace writebench::engine {

/// Counts the calls that sync (fsync(2), fdatasync(2), sync_file_range(2), msync(2), syncfs(2), sync(2)), as the
/// kernel's trace points see them: those of a process's descendants and of all threads and processes that they start
/// later. While it exists the kernel traces every system call, which slows each a little. As a rule it allows that to
/// root only. What a file synced by itself (O_SYNC, O_DSYNC) or io_uring do is not among them.
class SyncCalls {
 public:
  explicit SyncCalls(pid_t root);

  /// How many there were since construction; no value if the kernel does not allow it.
  std::optional<std::uint64_t> count() const;

 private:
  std::vector<OwnedDescriptor> counters_;
  bool all_ = true;
};

}  // namespace writebench::engine
