#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "engine/machine/sync_probe.hpp"

namespace writebench::engine {

/// The block device under a file system, as the kernel describes it (sysfs, queue). Absent values are unknown.
struct Device {
  std::string name;  ///< such as vda
  std::optional<bool> rotational;
  std::optional<std::string> scheduler;
  std::optional<std::string> write_cache;  ///< "write back" (a sync must flush it) or "write through"
};

/// Where a run took place. Values that the kernel does not tell are absent.
struct Environment {
  std::optional<std::string> cpu_model;
  unsigned cpus = 1;  ///< those that this process may run on
  std::optional<std::string> cpu_governor;
  std::optional<std::string> virtualisation;   ///< the vendor of a virtual machine
  std::optional<bool> host_takes_free_memory;  ///< engine/machine/free_memory.hpp; older reports do not say
  std::optional<std::int64_t> memory_bytes;
  std::optional<std::int64_t> cgroup_memory_bytes;  ///< this process's limit, if there is one
  std::optional<double> cgroup_cpus;                ///< its quota of processor time, if there is one, such as 0.2
  std::string kernel;
  std::string architecture;
  std::string directory;    ///< where the files were written
  std::string file_system;  ///< its type, such as ext4
  std::optional<std::string> mount_options;
  std::optional<std::int64_t> file_system_bytes;
  std::optional<std::int64_t> file_system_free_bytes;
  std::optional<Device> device;
  /// When the kernel starts to write back by itself, and when it throttles the writer: in bytes, or in percent of
  /// memory.
  std::optional<std::int64_t> dirty_background_bytes, dirty_background_percent, dirty_bytes, dirty_percent;
  std::optional<double> load_average;  ///< over one minute, at the start
  std::optional<Syncing> syncing;      ///< in that directory, if it was tried

  /// The processors that this process can have at once: fewer than `cpus` if a quota allows fewer.
  double effective_cpus() const { return std::min<double>(cpus, cgroup_cpus.value_or(cpus)); }
};

/// How this program was built.
struct Build {
  std::string version;
  std::string commit;  ///< of the sources, whole; it ends in -dirty if they were changed since; empty: not known
  std::string type;    ///< CMake's build type
  std::string compiler;
  std::string flags;
  std::string sanitizers;  ///< empty if there are none
  bool assertions = false;
  std::map<std::string, std::string> libraries;
};

/// A commit in as many characters as people need.
std::string short_commit(const std::string& commit);

Environment read_environment(const std::string& directory);
Build this_build();

/// Says from which commit this_build() is. main does, since it alone is built anew after each.
void set_commit(const std::string& commit);

/// The type of the file system that holds a directory (proc(5), mountinfo); "unknown" if it cannot be found.
std::string file_system_of(const std::string& directory);

/// The number of processors that this process may run on (sched_getaffinity(2)), at least 1.
unsigned available_cpus();

/// How many of these a quota of its control groups lets this process keep busy all the time: 0 if it is less than one.
/// Read by the first call; children inherit it.
unsigned unthrottled_cpus();

}  // namespace writebench::engine
