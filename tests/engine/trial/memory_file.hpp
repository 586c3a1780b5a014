#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <fstream>
#include <string>

namespace writebench::engine {

/// A file that is in memory only, so that thousands of them cost nothing.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("test", 0)), path_("/proc/self/fd/" + std::to_string(descriptor_)) {}
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return path_; }

  /// Its path, once it holds `bytes`.
  const std::string& holding(const std::string& bytes) const {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << bytes;
    return path_;
  }

 private:
  const int descriptor_;
  const std::string path_;
};

}  // namespace writebench::engine
