#include "engine/machine/control_groups.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>

#include "engine/machine/mounts.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kVersion2 = "";  // its line in /proc/PID/cgroup names no controllers

bool lists(const std::string& comma_separated, std::string_view word) {
  std::istringstream words(comma_separated);
  for (std::string each; std::getline(words, each, ',');) {
    if (each == word) return true;
  }
  return false;
}

// The process's group in the hierarchy of each controller, by the controllers' names.
std::map<std::string, std::string> groups_of_process(const fs::path& file) {
  std::map<std::string, std::string> groups;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {  // number:controllers:path
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    groups[line.substr(first + 1, second - first - 1)] = line.substr(second + 1);
  }
  return groups;
}

// The directories of a group and of those above it. A mount may show only a part of the hierarchy: its root is then the
// group at the mount point, and a group that is not below it is seen from another namespace.
std::vector<fs::path> upwards(const std::string& group, const Mount& mount, const fs::path& root) {
  const fs::path top = root / fs::path(mount.point).relative_path();
  const bool below = lies_in(group, mount.root);
  const std::string rest = !below ? "" : mount.root == "/" ? group : group.substr(mount.root.size());
  std::vector<fs::path> directories;
  for (fs::path path = top / fs::path(rest).relative_path();; path = path.parent_path()) {
    directories.push_back(path.has_filename() ? path : path.parent_path());
    if (directories.back() == top || path == path.parent_path()) return directories;
  }
}

std::vector<fs::path> groups_for(std::string_view controller, const std::map<std::string, std::string>& of_process,
                                 const std::vector<Mount>& mounts, const fs::path& root) {
  std::vector<fs::path> found;
  for (const auto& [controllers, group] : of_process) {
    const bool version_2 = controllers == kVersion2;
    if (!version_2 && !lists(controllers, controller)) continue;
    for (const Mount& mount : mounts) {
      const bool holds = version_2 ? mount.file_system == "cgroup2"
                                   : mount.file_system == "cgroup" && lists(mount.super_options, controller);
      if (!holds) continue;
      const std::vector<fs::path> directories = upwards(group, mount, root);
      found.insert(found.end(), directories.begin(), directories.end());
      break;
    }
  }
  return found;
}

std::optional<double> quota_of(const fs::path& group) {
  double quota = 0;
  double period = 0;
  std::ifstream version_2(group / "cpu.max");  // "20000 100000", or "max 100000"
  if (version_2 >> quota >> period && quota > 0 && period > 0) return quota / period;
  std::ifstream version_1_quota(group / "cpu.cfs_quota_us");  // -1: none
  std::ifstream version_1_period(group / "cpu.cfs_period_us");
  if (version_1_quota >> quota && version_1_period >> period && quota > 0 && period > 0) return quota / period;
  return std::nullopt;
}

// Version 1 has a number near 2^63 for no limit, version 2 the word max.
std::optional<std::int64_t> memory_limit_of(const fs::path& group) {
  constexpr std::int64_t kNoLimit = std::int64_t{1} << 60;
  for (const char* name : {"memory.max", "memory.limit_in_bytes"}) {
    std::ifstream file(group / name);
    std::int64_t bytes = 0;
    if (file >> bytes && bytes < kNoLimit) return bytes;
  }
  return std::nullopt;
}

std::int64_t throttlings_of(const fs::path& group) {
  std::ifstream file(group / "cpu.stat");
  std::string name;
  for (std::int64_t number = 0; file >> name >> number;) {
    if (name == "nr_throttled") return number;
  }
  return 0;
}

template <class T>
std::optional<T> tightest(const std::vector<fs::path>& groups, std::optional<T> (*limit_of)(const fs::path&)) {
  std::optional<T> tightest;
  for (const fs::path& group : groups) {
    const std::optional<T> limit = limit_of(group);
    if (limit && (!tightest || *limit < *tightest)) tightest = limit;
  }
  return tightest;
}

}  // namespace

ControlGroups::ControlGroups(const fs::path& process, const fs::path& root) {
  const auto of_process = groups_of_process(process / "cgroup");
  const std::vector<Mount> mounts = read_mounts(process / "mountinfo");
  cpu_ = groups_for("cpu", of_process, mounts, root);
  memory_ = groups_for("memory", of_process, mounts, root);
  std::copy_if(cpu_.begin(), cpu_.end(), std::back_inserter(with_quota_),
               [](const fs::path& group) { return quota_of(group).has_value(); });
}

std::optional<double> ControlGroups::cpus() const { return tightest(cpu_, quota_of); }

std::optional<std::int64_t> ControlGroups::memory_bytes() const { return tightest(memory_, memory_limit_of); }

std::optional<std::int64_t> ControlGroups::throttlings() const {
  if (with_quota_.empty()) return std::nullopt;
  std::int64_t sum = 0;
  for (const fs::path& group : with_quota_) sum += throttlings_of(group);
  return sum;
}

}  // namespace writebench::engine
