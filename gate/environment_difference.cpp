#include "gate/environment_difference.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "gate/mount_options.hpp"

namespace writebench::gate {
namespace {

using engine::Build;
using engine::Environment;

std::string text(const std::string& value) { return value.empty() ? "none" : value; }
std::string text(bool value) { return value ? "yes" : "no"; }
std::string text(unsigned value) { return fmt::format("{}", value); }
std::string text(std::int64_t value) { return fmt::format("{}", value); }
std::string text(double value) { return fmt::format("{:g}", value); }

template <class T>
std::string text(const std::optional<T>& value) {
  return value ? text(*value) : "unknown";
}

bool within_tenth(const std::optional<std::int64_t>& a, const std::optional<std::int64_t>& b) {
  if (!a || !b) return a == b;
  return std::abs(static_cast<double>(*a - *b)) <= 0.1 * static_cast<double>(std::max(*a, *b));
}

template <class Function>
std::optional<std::string> of_known(Function function, const std::optional<std::string>& value) {
  return value ? std::optional(function(*value)) : std::nullopt;
}

// Whether syncing does nothing; not known of earlier reports.
std::optional<bool> does_nothing(const Environment& environment) {
  return environment.syncing ? std::optional(environment.syncing->does_nothing) : std::nullopt;
}

class Differ {
 public:
  template <class T>
  void field(const char* name, Effect effect, const T& base, const T& head) {
    if (!(base == head)) found_.push_back({name, text(base), text(head), effect});
  }

  void size(const char* name, Effect effect, const std::optional<std::int64_t>& base,
            const std::optional<std::int64_t>& head) {
    if (!within_tenth(base, head)) field(name, effect, base, head);
  }

  /// A value that one side may lack because its program did not record it: that is no difference.
  template <class T>
  void recorded(const char* name, Effect effect, const std::optional<T>& base, const std::optional<T>& head) {
    if (base && head) field(name, effect, base, head);
  }

  std::vector<Difference> found() && { return std::move(found_); }

 private:
  std::vector<Difference> found_;
};

void machines(const Environment& base, const Environment& head, Differ& differ) {
  differ.field("environment.architecture", Effect::kInconclusive, base.architecture, head.architecture);
  differ.field("environment.cpu_model", Effect::kInconclusive, base.cpu_model, head.cpu_model);
  differ.field("environment.cpus", Effect::kInconclusive, base.cpus, head.cpus);
  differ.field("environment.cgroup_cpus", Effect::kInconclusive, base.cgroup_cpus, head.cgroup_cpus);
  differ.field("environment.virtualisation", Effect::kInconclusive, base.virtualisation, head.virtualisation);
  differ.field("environment.file_system", Effect::kInconclusive, base.file_system, head.file_system);
  differ.recorded("environment.syncing.does_nothing", Effect::kInconclusive, does_nothing(base), does_nothing(head));
  differ.field("environment.mount_options", Effect::kWiden, of_known(options_of_speed, base.mount_options),
               of_known(options_of_speed, head.mount_options));
  differ.field("environment.cpu_governor", Effect::kWiden, base.cpu_governor, head.cpu_governor);
  differ.field("environment.kernel", Effect::kWiden, base.kernel, head.kernel);
  differ.recorded("environment.host_takes_free_memory", Effect::kWiden, base.host_takes_free_memory,
                  head.host_takes_free_memory);
  differ.size("environment.memory_bytes", Effect::kWiden, base.memory_bytes, head.memory_bytes);
  differ.size("environment.cgroup_memory_bytes", Effect::kWiden, base.cgroup_memory_bytes, head.cgroup_memory_bytes);
  differ.field("environment.dirty_background_percent", Effect::kWiden, base.dirty_background_percent,
               head.dirty_background_percent);
  differ.field("environment.dirty_background_bytes", Effect::kWiden, base.dirty_background_bytes,
               head.dirty_background_bytes);
  differ.field("environment.dirty_percent", Effect::kWiden, base.dirty_percent, head.dirty_percent);
  differ.field("environment.dirty_bytes", Effect::kWiden, base.dirty_bytes, head.dirty_bytes);
  const auto of_device = [](const Environment& environment, auto member) {
    using Member = std::remove_reference_t<decltype((*environment.device).*member)>;
    return environment.device ? (*environment.device).*member : Member{};
  };
  using engine::Device;
  differ.field("environment.device.rotational", Effect::kInconclusive, of_device(base, &Device::rotational),
               of_device(head, &Device::rotational));
  differ.field("environment.device.name", Effect::kWiden, kind_of_device(of_device(base, &Device::name)),
               kind_of_device(of_device(head, &Device::name)));
  differ.field("environment.device.scheduler", Effect::kWiden, of_device(base, &Device::scheduler),
               of_device(head, &Device::scheduler));
  differ.field("environment.device.write_cache", Effect::kWiden, of_device(base, &Device::write_cache),
               of_device(head, &Device::write_cache));
}

void builds(const Build& base, const Build& head, Differ& differ) {
  differ.field("tool.build_type", Effect::kInconclusive, base.type, head.type);
  differ.field("tool.sanitizers", Effect::kInconclusive, base.sanitizers, head.sanitizers);
  differ.field("tool.assertions", Effect::kInconclusive, base.assertions, head.assertions);
  differ.field("tool.version", Effect::kNote, base.version, head.version);
  differ.field("tool.compiler", Effect::kNote, base.compiler, head.compiler);
  differ.field("tool.flags", Effect::kNote, base.flags, head.flags);
  std::map<std::string, std::pair<std::string, std::string>> libraries;
  for (const auto& [name, version] : base.libraries) libraries[name].first = version;
  for (const auto& [name, version] : head.libraries) libraries[name].second = version;
  for (const auto& [name, versions] : libraries) {
    differ.field(("tool.libraries." + name).c_str(), Effect::kNote, versions.first, versions.second);
  }
}

// The cells of the one report that the other lacks. What runs between a cell's trials leaves the kernel's free pages in
// another state, which moves its time by some percent.
std::string cells_missing_in(const reports::Report& other, const reports::Report& report) {
  std::string ids;
  for (const engine::Cell& cell : report.cells) {
    const bool both = std::any_of(other.cells.begin(), other.cells.end(),
                                  [&](const engine::Cell& candidate) { return candidate.id == cell.id; });
    if (!both) ids += (ids.empty() ? "" : ", ") + cell.id;
  }
  return ids;
}

}  // namespace

std::vector<Difference> differences(const reports::Report& base, const reports::Report& head) {
  Differ differ;
  machines(base.environment, head.environment, differ);
  builds(base.build, head.build, differ);
  const bool one_session = base.pairing && head.pairing && base.pairing->id == head.pairing->id;
  if (!one_session) {
    differ.field(kCellsOfOneSide, Effect::kNote, cells_missing_in(head, base), cells_missing_in(base, head));
  }
  return std::move(differ).found();
}

}  // namespace writebench::gate
