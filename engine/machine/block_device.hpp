#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace writebench::engine {

/// The block device that a file system is on, as major:minor. No value if the file system has a number of its own
/// instead, like tmpfs, overlay, NFS, FUSE and btrfs: what these write to, if anything, is unknown.
std::optional<std::string> device_number_of(const std::string& directory);

/// The bytes written to a device so far (proc(5), diskstats); no value if the kernel does not tell.
std::optional<std::int64_t> bytes_written_to(const std::string& device_number);

/// What this process and its finished children have asked storage to write, as running totals.
struct RequestedBytes {
  std::int64_t dirtied = 0;    ///< the sizes of pages made dirty (getrusage(2), ru_oublock)
  std::int64_t cancelled = 0;  ///< of these, what was never written: this process removed the file before (proc(5), io)
};

RequestedBytes requested_bytes();

}  // namespace writebench::engine
