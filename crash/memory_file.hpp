#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/owned_descriptor.hpp"

namespace writebench::crash {

/// A file in memory (memfd_create(2)), mapped and shared with the children that are forked after it. What was never
/// written is zeros and takes no memory.
class MemoryFile {
 public:
  /// Throws std::system_error.
  MemoryFile(const char* name, std::uint64_t bytes);
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile();

  int descriptor() const { return descriptor_.get(); }
  /// For programs that are started by this process while it runs.
  std::string path() const;
  char* data() { return data_; }
  const char* data() const { return data_; }
  std::uint64_t size() const { return bytes_; }

  /// Copies what was written to `from`, which is as large, into this file, in which nothing was written yet. Throws
  /// std::system_error.
  void copy(const MemoryFile& from);

 private:
  const std::uint64_t bytes_;
  const engine::OwnedDescriptor descriptor_;
  char* data_ = nullptr;
};

}  // namespace writebench::crash
