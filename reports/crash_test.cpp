#include "reports/crash_test.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/statistics.hpp"

namespace writebench::reports {
namespace {

constexpr std::size_t kLeastForP90 = 10;

// `values` is not empty.
Spread spread_of(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  Spread spread{.min = values.front(), .median = engine::median(values), .max = values.back()};
  if (values.size() >= kLeastForP90) {
    spread.p90 = values[static_cast<std::size_t>(std::ceil(0.9 * static_cast<double>(values.size()))) - 1];
  }
  return spread;
}

template <class Number>
Spread spread_of(const std::vector<Loss>& losses, Number Loss::*figure) {
  std::vector<double> values;
  values.reserve(losses.size());
  for (const Loss& loss : losses) values.push_back(static_cast<double>(loss.*figure));
  return spread_of(std::move(values));
}

const FaultCount* count_of(const Loss& loss, Fault fault) {
  const auto found = std::find_if(loss.faults.begin(), loss.faults.end(),
                                  [&](const FaultCount& count) { return count.fault == fault; });
  return found == loss.faults.end() ? nullptr : &*found;
}

}  // namespace

std::string_view to_string(Death death) {
  switch (death) {
    case Death::kProcess: return "process";
    case Death::kMachine: return "machine";
  }
  return "";
}

std::string_view to_string(Fault fault) {
  switch (fault) {
    case Fault::kDrainedLost: return "drained-lost";
    case Fault::kDurableLost: return "durable-lost";
    case Fault::kWrong: return "wrong";
    case Fault::kDoubled: return "doubled";
    case Fault::kReordered: return "reordered";
    case Fault::kOverBound: return "over-bound";
  }
  return "";
}

std::optional<DeathSummary> summarise(const Deaths& deaths) {
  if (deaths.losses.empty()) return std::nullopt;
  DeathSummary summary{.deaths = deaths.losses.size()};
  for (const Loss& loss : deaths.losses) {
    summary.lossy_deaths += loss.lost_lines > 0;
    summary.torn_deaths += loss.torn_lines > 0;
  }
  summary.lost_lines = spread_of(deaths.losses, &Loss::lost_lines);
  summary.lost_bytes = spread_of(deaths.losses, &Loss::lost_bytes);
  summary.lost_ns = spread_of(deaths.losses, &Loss::lost_ns);
  for (std::size_t i = 0; i < kFaults; ++i) {
    DeathSummary::OfFault of_fault{.fault = static_cast<Fault>(i)};
    for (const Loss& loss : deaths.losses) {
      const FaultCount* const count = count_of(loss, of_fault.fault);
      if (count == nullptr) continue;
      if (of_fault.deaths++ == 0) of_fault.example = count->example;
    }
    if (of_fault.deaths > 0) summary.faults.push_back(std::move(of_fault));
  }
  return summary;
}

bool has_failed(const Deaths& deaths) {
  return !deaths.failure.empty() ||
         std::any_of(deaths.losses.begin(), deaths.losses.end(), [](const Loss& loss) { return !loss.faults.empty(); });
}

}  // namespace writebench::reports
