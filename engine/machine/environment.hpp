#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace writebench::engine {

/// The block device under a file system, as the kernel sees it (sysfs, queue). Absent where there is none.
struct Device {
  std::string name;  ///< such as vda
  std::optional<bool> rotational;
  std::optional<std::string> scheduler;
  std::optional<std::string> write_cache;  ///< "write back": a sync has to flush it; "write through"
};

/// Where a run took place. What the kernel does not tell is absent.
struct Environment {
  std::optional<std::string> cpu_model;
  unsigned cpus = 1;  ///< that this process may run on
  std::optional<std::string> cpu_governor;
  std::optional<std::string> virtualisation;  ///< who makes the machine, where it is a virtual one
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t> cgroup_memory_bytes;  ///< the limit on this process, where there is one
  std::optional<double> cgroup_cpus;                ///< likewise
  std::string kernel;
  std::string architecture;
  std::string directory;    ///< where the files were written
  std::string file_system;  ///< its type, such as ext4
  std::optional<std::string> mount_options;
  std::optional<std::int64_t> file_system_bytes;
  std::optional<std::int64_t> file_system_free_bytes;
  std::optional<Device> device;
  /// When the kernel starts to write back by itself, and when it holds the writer: bytes, or percent of memory.
  std::optional<std::int64_t> dirty_background_bytes, dirty_background_percent, dirty_bytes, dirty_percent;
  std::optional<double> load_average;  ///< of one minute, at the start
};

/// How this program was built.
struct Build {
  std::string version;
  std::string type;  ///< CMake's build type
  std::string compiler;
  std::string flags;
  std::string sanitizers;  ///< empty where none
  bool assertions = false;
  std::map<std::string, std::string> libraries;
};

Environment read_environment(const std::string& directory);
Build this_build();

/// The type of the file system that a directory lies on (proc(5), mountinfo); "unknown" where that does not tell.
std::string file_system_of(const std::string& directory);

/// Processors that this process may run on (sched_getaffinity(2)), at least 1.
unsigned available_cpus();

}  // namespace writebench::engine
