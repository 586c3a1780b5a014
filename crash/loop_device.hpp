#pragma once

#include <string>

#include "engine/owned_descriptor.hpp"

namespace writebench::crash {

/// A block device whose content is a file (loop(4)). The kernel frees it when its last descriptor is closed and nothing
/// on it is mounted any more, however the processes end.
class LoopDevice {
 public:
  /// Takes a free one. Throws Unsupported if there are no loop devices here, or none is free, and std::system_error.
  explicit LoopDevice(int backing_file);

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  engine::OwnedDescriptor device_;
};

}  // namespace writebench::crash
