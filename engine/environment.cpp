#include "engine/environment.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "engine/build_info.hpp"

namespace writebench::engine {
namespace {

void read_cpu(Environment& environment) {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    if (!environment.cpu_model && line.starts_with("model name")) environment.cpu_model = line.substr(colon + 2);
    if (!environment.virtualisation && line.starts_with("flags") && line.find(" hypervisor") != std::string::npos) {
      environment.virtualisation = "hypervisor";
    }
  }
}

// The mount that holds the directory, by its device number (proc(5), mountinfo): field 3 is major:minor, 6 the mount
// options; after " - " come type and source.
void read_mount(Environment& environment) {
  struct stat status {};
  if (::stat(environment.directory.c_str(), &status) != 0) return;
  const std::string wanted = std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
  std::ifstream file("/proc/self/mountinfo");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string id, parent, device, root, point, options;
    fields >> id >> parent >> device >> root >> point >> options;
    const std::size_t dash = line.find(" - ");
    if (device != wanted || dash == std::string::npos) continue;
    std::istringstream rest(line.substr(dash + 3));
    std::string source, super_options;
    rest >> environment.file_system >> source >> super_options;
    environment.device = source;
    environment.mount_options = options;
  }
}

}  // namespace

unsigned available_cpus() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

Environment read_environment(const std::string& directory) {
  Environment environment;
  std::error_code error;
  const auto absolute = std::filesystem::canonical(directory, error);
  environment.directory = error ? directory : absolute.string();
  environment.cpus = available_cpus();
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  if (pages > 0) environment.memory_bytes = std::int64_t{pages} * ::sysconf(_SC_PAGESIZE);
  utsname names{};
  if (::uname(&names) == 0) {
    environment.kernel = std::string(names.sysname) + " " + names.release;
    environment.architecture = names.machine;
  }
  environment.file_system = "unknown";
  read_cpu(environment);
  read_mount(environment);
  return environment;
}

Build this_build() {
  Build build;
  build.version = kVersion;
  build.type = kBuildType;
  build.compiler = kCompiler;
  build.flags = kFlags;
  build.sanitizers = kSanitizers;
#ifndef NDEBUG
  build.assertions = true;
#endif
  build.libraries = {{"benchmark", kBenchmarkVersion}, {"CLI11", kCli11Version}, {"fmt", kFmtVersion},
                     {"nlohmann_json", kJsonVersion},  {"asio", kAsioVersion},   {"xxhash", kXxhashVersion}};
  return build;
}

}  // namespace writebench::engine
