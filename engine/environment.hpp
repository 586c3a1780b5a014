#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace writebench::engine {

/// Where a run took place. What the kernel does not tell is absent.
struct Environment {
  std::optional<std::string> cpu_model;
  unsigned cpus = 1;  ///< that this process may run on
  std::optional<std::int64_t> memory_bytes;
  std::string kernel;
  std::string architecture;
  std::optional<std::string> virtualisation;  ///< the hypervisor flag of the CPU, as "hypervisor"
  std::string directory;                      ///< where the files were written
  std::string file_system;                    ///< its type, such as ext4
  std::optional<std::string> mount_options;
  std::optional<std::string> device;
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

/// Processors that this process may run on (sched_getaffinity(2)), at least 1.
unsigned available_cpus();

}  // namespace writebench::engine
