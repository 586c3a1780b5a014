#pragma once

#include <string>
#include <vector>

namespace writebench::engine {

/// One line of mountinfo (proc(5)).
struct Mount {
  std::string root;           ///< the directory of the file system that is mounted
  std::string point;          ///< where it is mounted
  std::string options;        ///< of this mount
  std::string file_system;    ///< its type, such as ext4
  std::string source;         ///< usually the path of a device
  std::string super_options;  ///< of the file system
};

/// The mounts that a file of the form of mountinfo lists, in its order; empty if it cannot be read.
std::vector<Mount> read_mounts(const std::string& mountinfo = "/proc/self/mountinfo");

/// Whether `path` is `directory` or lies below it. Both are absolute.
bool lies_in(const std::string& path, const std::string& directory);

}  // namespace writebench::engine
