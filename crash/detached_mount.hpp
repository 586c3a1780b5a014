#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/owned_descriptor.hpp"

namespace writebench::crash {

/// A mount that is in no directory (fsmount(2)): only this process and its children reach it, through its descriptor.
/// The kernel unmounts it when the last descriptor of it, and of its files, is closed, however the processes end.
class DetachedMount {
 public:
  using Options = std::vector<std::pair<std::string, std::string>>;  ///< key, value; an empty value: a flag

  /// Mounts a file system of that type. Throws Unsupported if this process, or this kernel, cannot, and
  /// std::runtime_error with what the kernel says.
  DetachedMount(const std::string& type, const Options& options);

  int descriptor() const { return mount_.get(); }

  /// The path of its root for this process and the children that are forked from it.
  std::string path() const;

 private:
  engine::OwnedDescriptor mount_;
};

}  // namespace writebench::crash
