#include "reports/pairs.hpp"

#include <algorithm>
#include <map>

namespace writebench::reports {

const engine::Cell* cell_of(std::string_view strategy, const engine::Cell& cell,
                            const std::vector<engine::Cell>& cells) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const engine::Cell& other) {
    return other.strategy.name == strategy && engine::same_work(other, cell);
  });
  return found == cells.end() ? nullptr : &*found;
}

Pairs paired(const engine::Cell& cell, const engine::Cell& other) {
  std::map<int, const engine::Sample*> others;
  for (const engine::Sample& sample : other.samples) {
    if (sample.time_ns().value_or(0) > 0) others[sample.round] = &sample;
  }
  Pairs pairs;
  for (const engine::Sample& sample : cell.samples) {
    const auto pair = others.find(sample.round);
    if (sample.time_ns().value_or(0) <= 0 || pair == others.end()) continue;
    const engine::Sample& partner = *pair->second;
    pairs.ratios.push_back(static_cast<double>(*sample.time_ns()) / static_cast<double>(*partner.time_ns()));
    if (!sample.disturbances.empty() || !partner.disturbances.empty()) ++pairs.disturbed;
  }
  return pairs;
}

std::vector<double> paired_ratios(const engine::Cell& cell, const engine::Cell& other) {
  return paired(cell, other).ratios;
}

}  // namespace writebench::reports
