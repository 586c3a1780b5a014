#include "strategies/support/direct_io.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace writebench::strategies {

std::size_t direct_alignment(const File& file) {
#ifdef STATX_DIOALIGN
  struct statx status {};
  if (::statx(file.descriptor(), "", AT_EMPTY_PATH, STATX_DIOALIGN, &status) == 0 &&
      (status.stx_mask & STATX_DIOALIGN) != 0) {
    if (status.stx_dio_offset_align == 0) {
      throw Unsupported("the file system takes O_DIRECT, but writes " + file.path() + " through the page cache");
    }
    return std::max<std::size_t>({kUsualDirectAlignment, status.stx_dio_offset_align, status.stx_dio_mem_align});
  }
#endif
  return kUsualDirectAlignment;  // an older kernel, or a file system that does not say
}

void SpaceAhead::allocate(std::uint64_t end_bytes) {
  const std::uint64_t missing = end_bytes - allocated_bytes_;
  const std::uint64_t bytes = (missing + chunk_bytes_ - 1) / chunk_bytes_ * chunk_bytes_;
  while (::fallocate(file_.descriptor(), 0, static_cast<off_t>(allocated_bytes_), static_cast<off_t>(bytes)) != 0) {
    if (errno == EINTR) continue;
    if (errno == EOPNOTSUPP) {
      throw Unsupported("the file system cannot allocate space beforehand (fallocate: Operation not supported)");
    }
    throw IoError("fallocate", file_.path(), allocated_bytes_, errno);
  }
  allocated_bytes_ += bytes;
}

}  // namespace writebench::strategies
