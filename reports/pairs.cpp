#include "reports/pairs.hpp"

#include <map>

namespace writebench::reports {

std::vector<double> paired_ratios(const engine::Cell& cell, const engine::Cell& other) {
  std::map<int, std::int64_t> others;
  for (const engine::Sample& sample : other.samples) {
    if (const auto time = sample.time_ns(); time && *time > 0) others[sample.round] = *time;
  }
  std::vector<double> ratios;
  for (const engine::Sample& sample : cell.samples) {
    const auto time = sample.time_ns();
    const auto pair = others.find(sample.round);
    if (!time || *time <= 0 || pair == others.end()) continue;
    ratios.push_back(static_cast<double>(*time) / static_cast<double>(pair->second));
  }
  return ratios;
}

}  // namespace writebench::reports
