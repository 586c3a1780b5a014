#include "cli/sort.hpp"

#include <array>
#include <limits>
#include <vector>

#include "cli/quantity.hpp"
#include "engine/statistics.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using engine::Sample;

template <class Value>
std::optional<double> median_of(const Cell& cell, Value value) {
  std::vector<double> values;
  for (const Sample& sample : cell.samples) {
    if (const std::optional<std::int64_t> known = value(sample)) values.push_back(static_cast<double>(*known));
  }
  return values.empty() ? std::nullopt : std::optional(engine::median(std::move(values)));
}

std::optional<double> stall_ns(const Cell& cell) { return cell.caller_stall.percentile_ns(0.999); }

constexpr std::array<SortKey, 7> kKeys{{{"time"},
                                        {"name"},
                                        {"strategy"},
                                        {"cpu", "cpu", median_cpu_ns, format_time},
                                        {"stall", "p999", stall_ns, format_time},
                                        {"memory", "RSS B", median_peak_rss_bytes, format_number},
                                        {"writes", "writes", median_write_syscalls, format_number}}};

}  // namespace

std::optional<double> median_cpu_ns(const Cell& cell) {
  return median_of(cell, [](const Sample& sample) -> std::optional<std::int64_t> {
    const auto& user = sample.cost.user_cpu_ns;
    const auto& system = sample.cost.system_cpu_ns;
    return user && system ? std::optional(*user + *system) : std::nullopt;
  });
}

std::optional<double> median_peak_rss_bytes(const Cell& cell) {
  return median_of(cell, [](const Sample& sample) { return sample.cost.peak_rss_bytes; });
}

std::optional<double> median_write_syscalls(const Cell& cell) {
  return median_of(cell, [](const Sample& sample) { return sample.cost.write_syscalls; });
}

bool SortKey::before(const Cell& a, const Cell& b) const {
  if (name == "name") return a.id < b.id;
  if (name == "strategy") return &a < &b;  // in the order in which the report lists them
  if (value == nullptr) return false;      // they come by time
  constexpr double kLast = std::numeric_limits<double>::infinity();
  return value(a).value_or(kLast) < value(b).value_or(kLast);
}

std::span<const SortKey> sort_keys() { return kKeys; }

const SortKey& sort_by_time() { return kKeys[0]; }

std::string shown(const SortKey& sort, const Cell& cell) {
  const auto known = sort.value(cell);
  return known ? sort.format(*known) : "-";
}

}  // namespace writebench::cli
