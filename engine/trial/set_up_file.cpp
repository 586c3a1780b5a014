#include "engine/trial/set_up_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "engine/until_done.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

// Writes as many bytes as `content` has, and waits until they are on the device.
void write_old_bytes(int descriptor, const std::string& path, std::uint64_t bytes) {
  const std::string old(1 << 20, 'o');
  for (std::uint64_t at = 0; at < bytes;) {
    const ssize_t written =
        ::pwrite(descriptor, old.data(), std::min<std::uint64_t>(bytes - at, old.size()), static_cast<off_t>(at));
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) throw IoError("pwrite", path, at, written < 0 ? errno : EIO);
    at += static_cast<std::uint64_t>(written);
  }
  if (until_done([&] { return ::fsync(descriptor); }) != 0) throw IoError("fsync", path, errno);
}

}  // namespace

void set_up_file(int descriptor, const std::string& path, const Content& content, const Workload& workload) {
  if (workload.file_state == FileState::kNew && workload.preallocation == Preallocation::kNone) return;
  const std::uint64_t bytes = content.offset_bytes(content.lines());
  if (workload.file_state != FileState::kNew) write_old_bytes(descriptor, path, bytes);
  if (workload.file_state == FileState::kTruncate && until_done([&] { return ::ftruncate(descriptor, 0); }) != 0) {
    throw IoError("ftruncate", path, errno);
  }
  if (workload.preallocation == Preallocation::kNone || bytes == 0) return;
  const int mode = workload.preallocation == Preallocation::kReserve ? FALLOC_FL_KEEP_SIZE : 0;
  if (until_done([&] { return ::fallocate(descriptor, mode, 0, static_cast<off_t>(bytes)); }) == 0) return;
  if (errno == EOPNOTSUPP) throw Unsupported("this file system cannot preallocate (fallocate)");
  throw IoError("fallocate", path, errno);
}

}  // namespace writebench::engine
