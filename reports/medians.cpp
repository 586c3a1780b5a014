#include "reports/medians.hpp"

#include <vector>

#include "engine/statistics.hpp"

namespace writebench::reports {

std::optional<double> median_of(const engine::Cell& cell, const engine::SampleField& field) {
  std::vector<double> values;
  for (const engine::Sample& sample : cell.samples) {
    const auto known = field.of(sample);
    if (known && sample.time_ns()) values.push_back(static_cast<double>(*known));
  }
  return values.empty() ? std::nullopt : std::optional(engine::median(std::move(values)));
}

}  // namespace writebench::reports
