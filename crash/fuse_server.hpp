#pragma once

#include <cstdint>

#include "crash/device_log.hpp"
#include "crash/memory_file.hpp"

namespace writebench::crash {

/// Serves a FUSE file system whose root is a single file: the bytes of `image`, which no page cache stands before
/// (FOPEN_DIRECT_IO). Every write and every fsync is added to the log before it is answered. Speaks the protocol of
/// <linux/fuse.h> on `connection`, an open /dev/fuse, one request after the other. Returns when the file system is
/// unmounted, or nothing can be read from it any more.
void serve_file(int connection, MemoryFile& image, DeviceLog& log);

}  // namespace writebench::crash
