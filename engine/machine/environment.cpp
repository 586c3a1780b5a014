#include "engine/machine/environment.hpp"

#include <sched.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "engine/build_info.hpp"
#include "engine/machine/control_groups.hpp"
#include "engine/machine/free_memory.hpp"
#include "engine/machine/mounts.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

// The first line of a small file; no value if there is none.
std::optional<std::string> line_of(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.empty()) return std::nullopt;
  return line;
}

// The first number in the file; no value if there is none, or "max".
std::optional<std::int64_t> number_of(const fs::path& path) {
  std::ifstream file(path);
  std::int64_t number = 0;
  if (!(file >> number)) return std::nullopt;
  return number;
}

// A limit of 0 means that the limit in percent applies instead.
std::optional<std::int64_t> nonzero(std::optional<std::int64_t> number) {
  return number.value_or(0) == 0 ? std::nullopt : number;
}

void read_cpu(Environment& environment) {
  std::ifstream file("/proc/cpuinfo");
  bool hypervisor = false;
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    if (!environment.cpu_model && line.starts_with("model name")) environment.cpu_model = line.substr(colon + 2);
    if (line.starts_with("flags") && line.find(" hypervisor") != std::string::npos) hypervisor = true;
  }
  environment.cpus = available_cpus();
  environment.cpu_governor = line_of("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor");
  if (hypervisor) environment.virtualisation = line_of("/sys/class/dmi/id/sys_vendor").value_or("unknown hypervisor");
  if (const auto load = line_of("/proc/loadavg")) environment.load_average = std::strtod(load->c_str(), nullptr);
}

void read_memory(Environment& environment) {
  const long pages = ::sysconf(_SC_PHYS_PAGES);
  if (pages > 0) environment.memory_bytes = std::int64_t{pages} * ::sysconf(_SC_PAGESIZE);
  environment.host_takes_free_memory = host_takes_free_memory();
  const fs::path vm = "/proc/sys/vm";
  environment.dirty_background_bytes = nonzero(number_of(vm / "dirty_background_bytes"));
  environment.dirty_background_percent = nonzero(number_of(vm / "dirty_background_ratio"));
  environment.dirty_bytes = nonzero(number_of(vm / "dirty_bytes"));
  environment.dirty_percent = nonzero(number_of(vm / "dirty_ratio"));
}

// The mount that holds the directory: the one with the longest matching path, and the last of several at one path
// (proc(5), mountinfo). Device numbers do not help: on btrfs they are not those of the mount.
Mount mount_of(const std::string& directory) {
  Mount found;
  std::error_code error;
  const std::string path = fs::canonical(directory, error).string();
  if (error) return found;
  for (const Mount& mount : read_mounts()) {
    if (mount.point.size() >= found.point.size() && lies_in(path, mount.point)) found = mount;
  }
  return found;
}

std::string type_of(const Mount& mount) { return mount.file_system.empty() ? "unknown" : mount.file_system; }

// The queue is beside a whole disk in sysfs, and one level up from a partition.
std::optional<Device> device_of(const std::string& directory, const Mount& mount) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return std::nullopt;
  dev_t number = status.st_dev;
  if (major(number) == 0) {  // a number of the file system itself; its source may still be a device
    if (::stat(mount.source.c_str(), &status) != 0 || !S_ISBLK(status.st_mode)) return std::nullopt;
    number = status.st_rdev;
  }
  std::error_code error;
  const fs::path link = "/sys/dev/block/" + std::to_string(major(number)) + ":" + std::to_string(minor(number));
  fs::path block = fs::canonical(link, error);
  if (error) return std::nullopt;
  if (!fs::exists(block / "queue", error)) block = block.parent_path();
  Device device{.name = block.filename().string(), .rotational = {}, .scheduler = {}, .write_cache = {}};
  if (const auto rotational = number_of(block / "queue/rotational")) device.rotational = *rotational != 0;
  device.write_cache = line_of(block / "queue/write_cache");
  if (const auto schedulers = line_of(block / "queue/scheduler")) {  // such as "none [mq-deadline] kyber"
    const std::size_t open = schedulers->find('[');
    const std::size_t close = schedulers->find(']');
    device.scheduler =
        open < close && close != std::string::npos ? schedulers->substr(open + 1, close - open - 1) : *schedulers;
  }
  return device;
}

void read_storage(Environment& environment) {
  const Mount mount = mount_of(environment.directory);
  environment.file_system = type_of(mount);
  if (!mount.point.empty()) {
    environment.mount_options = mount.options + (mount.super_options.empty() ? "" : ",") + mount.super_options;
  }
  environment.device = device_of(environment.directory, mount);
  struct statvfs space {};
  if (::statvfs(environment.directory.c_str(), &space) == 0 && space.f_blocks > 0) {  // 0: it does not count them
    const auto bytes = [&](std::uint64_t blocks) {  // no value if a file system says more than that
      std::int64_t product = 0;
      return __builtin_mul_overflow(blocks, space.f_frsize, &product) ? std::nullopt : std::optional(product);
    };
    environment.file_system_bytes = bytes(space.f_blocks);
    environment.file_system_free_bytes = bytes(space.f_bavail);
  }
}

std::string& commit_of_this_build() {
  static std::string commit;
  return commit;
}

}  // namespace

unsigned available_cpus() {
  cpu_set_t set;
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

unsigned unthrottled_cpus() {
  static const unsigned cpus = [] {
    const auto available = static_cast<double>(available_cpus());
    return static_cast<unsigned>(std::clamp(ControlGroups().cpus().value_or(available), 0.0, available));
  }();
  return cpus;
}

std::string file_system_of(const std::string& directory) { return type_of(mount_of(directory)); }

Environment read_environment(const std::string& directory) {
  Environment environment;
  std::error_code error;
  const auto absolute = fs::canonical(directory, error);
  environment.directory = error ? directory : absolute.string();
  utsname names{};
  if (::uname(&names) == 0) {
    environment.kernel = std::string(names.sysname) + " " + names.release;
    environment.architecture = names.machine;
  }
  read_cpu(environment);
  read_memory(environment);
  const ControlGroups groups;
  environment.cgroup_cpus = groups.cpus();
  environment.cgroup_memory_bytes = groups.memory_bytes();
  read_storage(environment);
  return environment;
}

std::string short_commit(const std::string& commit) {
  constexpr std::size_t kShown = 12;
  const std::size_t end = std::min(commit.find('-'), commit.size());
  return commit.substr(0, std::min(kShown, end)) + commit.substr(end);
}

void set_commit(const std::string& commit) { commit_of_this_build() = commit; }

Build this_build() {
  Build build;
  build.version = kVersion;
  build.commit = commit_of_this_build();
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
