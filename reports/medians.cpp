#include "reports/medians.hpp"

#include <vector>

#include "engine/statistics.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;
using engine::Sample;

template <class Value>
std::optional<double> median_of(const Cell& cell, Value value) {
  std::vector<double> values;
  for (const Sample& sample : cell.samples) {
    const std::optional<std::int64_t> known = value(sample);
    if (known && sample.time_ns()) values.push_back(static_cast<double>(*known));
  }
  return values.empty() ? std::nullopt : std::optional(engine::median(std::move(values)));
}

}  // namespace

std::optional<std::int64_t> cpu_ns(const Sample& sample) {
  const auto& user = sample.cost.user_cpu_ns;
  const auto& system = sample.cost.system_cpu_ns;
  return user && system ? std::optional(*user + *system) : std::nullopt;
}

std::optional<double> median_cpu_ns(const Cell& cell) { return median_of(cell, cpu_ns); }

std::optional<double> median_peak_rss_bytes(const Cell& cell) {
  return median_of(cell, [](const Sample& sample) { return sample.cost.peak_rss_bytes; });
}

std::optional<double> median_write_syscalls(const Cell& cell) {
  return median_of(cell, [](const Sample& sample) { return sample.cost.write_syscalls; });
}

}  // namespace writebench::reports
