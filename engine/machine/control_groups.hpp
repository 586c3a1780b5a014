#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace writebench::engine {

/// The control groups that limit this process (cgroups(7)), of version 1 and 2: its own, and those above it as far as
/// they are mounted here. The tightest limit of a hierarchy counts.
class ControlGroups {
 public:
  /// `process` is a directory with the files cgroup and mountinfo of proc(5). Tests set `root`, which is put before
  /// every mount point.
  explicit ControlGroups(const std::filesystem::path& process = "/proc/self", const std::filesystem::path& root = "/");

  /// The processors that the quota allows, such as 0.2; no value without a quota.
  std::optional<double> cpus() const;

  /// The limit on memory; no value without one.
  std::optional<std::int64_t> memory_bytes() const;

  /// How often the scheduler has taken the processors away because a quota was used up: a running total over the groups
  /// that have one. No value without a quota.
  std::optional<std::int64_t> throttlings() const;

 private:
  using Groups = std::vector<std::filesystem::path>;  // from the process's own up

  Groups cpu_;
  Groups memory_;
  Groups with_quota_;  // those of cpu_
};

}  // namespace writebench::engine
