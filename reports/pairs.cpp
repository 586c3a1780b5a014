#include "reports/pairs.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include "reports/report.hpp"

namespace writebench::reports {
namespace {

struct Timed {
  int round;
  double ns;
  const engine::Sample* sample;
};

// The samples with a time, by rounds.
std::vector<Timed> timed(const engine::Cell& cell) {
  std::vector<Timed> samples;
  samples.reserve(cell.samples.size());
  for (const engine::Sample& sample : cell.samples) {
    const std::int64_t ns = sample.time_ns().value_or(0);
    if (ns > 0) samples.push_back({sample.round, static_cast<double>(ns), &sample});
  }
  std::stable_sort(samples.begin(), samples.end(), [](const Timed& a, const Timed& b) { return a.round < b.round; });
  return samples;
}

}  // namespace

const engine::Cell* cell_of(std::string_view strategy, const engine::Cell& cell,
                            const std::vector<engine::Cell>& cells) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const engine::Cell& other) {
    return other.strategy.name == strategy && engine::same_work(other, cell);
  });
  return found == cells.end() ? nullptr : &*found;
}

const engine::Cell* ceiling_of(const engine::Cell& cell, const std::vector<engine::Cell>& cells) {
  const engine::Cell* fastest = nullptr;
  double fastest_ns = std::numeric_limits<double>::infinity();
  for (const engine::Cell& other : cells) {
    if (other.strategy.name != kCeiling || !engine::same_work(other, cell)) continue;
    const std::vector<double> times = engine::times_ns(other);
    const double ns = times.empty() ? std::numeric_limits<double>::max() : engine::median(times);
    if (ns < fastest_ns) {
      fastest = &other;
      fastest_ns = ns;
    }
  }
  return fastest;
}

Pairs paired(const engine::Cell& cell, const engine::Cell& other) {
  const std::vector<Timed> others = timed(other);
  Pairs pairs;
  auto next = others.begin();
  for (const auto& [round, ns, sample] : timed(cell)) {
    next = std::lower_bound(next, others.end(), round, [](const Timed& one, int at) { return one.round < at; });
    if (next == others.end()) break;
    if (next->round != round) continue;
    const engine::Sample& partner = *next->sample;
    pairs.ratios.push_back(ns / next->ns);
    if (!sample->disturbances.empty() || !partner.disturbances.empty()) ++pairs.disturbed;
  }
  return pairs;
}

std::vector<double> paired_ratios(const engine::Cell& cell, const engine::Cell& other) {
  return paired(cell, other).ratios;
}

}  // namespace writebench::reports
