#include "crash/memory_file.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

namespace writebench::crash {
namespace {

int made(const char* name) {
  const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  return descriptor;
}

}  // namespace

MemoryFile::MemoryFile(const char* name, std::uint64_t bytes) : bytes_(bytes), descriptor_(made(name)) {
  if (::ftruncate(descriptor_.get(), static_cast<off_t>(bytes)) != 0) {
    throw std::system_error(errno, std::generic_category(), "ftruncate");
  }
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_.get(), 0);
  if (mapped == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  data_ = static_cast<char*>(mapped);
}

MemoryFile::~MemoryFile() { ::munmap(data_, bytes_); }

std::string MemoryFile::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(descriptor_.get());
}

void MemoryFile::copy(const MemoryFile& from) {
  for (off_t at = 0;;) {
    const off_t begin = ::lseek(from.descriptor(), at, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) return;  // only zeros follow
    const off_t end = begin < 0 ? -1 : ::lseek(from.descriptor(), begin, SEEK_HOLE);
    if (end < 0) throw std::system_error(errno, std::generic_category(), "lseek");
    std::memcpy(data_ + begin, from.data() + begin, static_cast<std::size_t>(end - begin));
    at = end;
  }
}

}  // namespace writebench::crash
