#include "advise/figures.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "engine/statistics.hpp"
#include "engine/trial/sample_fields.hpp"

namespace writebench::advise {
namespace {

using engine::Cell;
using engine::Sample;
using reports::Advice;
using reports::Goal;
using reports::Hurdle;

double lines_of(const Cell& cell) { return std::max(1.0, static_cast<double>(cell.parameters.lines)); }

std::optional<double> as_number(const std::optional<std::int64_t>& value) {
  return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
}

std::optional<double> cpu_ns(const Sample& sample) {
  static const engine::SampleField& field = engine::sample_field("cpu_ns");
  return as_number(field.of(sample));
}

// What the goal is about, of one trial.
std::optional<double> value_of(const Cell& cell, const Sample& sample, Goal goal) {
  if (!sample.time_ns()) return std::nullopt;
  switch (goal) {
    case Goal::kCpu: {
      const auto ns = cpu_ns(sample);
      return ns ? std::optional(*ns / lines_of(cell)) : std::nullopt;
    }
    case Goal::kSpeed: return engine::ns_per_line(cell, sample);
    // Of a trial with too few appends the nearest percentile that it has.
    case Goal::kStall: return as_number(sample.stall_p999_ns ? sample.stall_p999_ns : sample.stall_p99_ns);
  }
  return std::nullopt;
}

std::map<int, double> by_round(const Cell& cell, Goal goal) {
  std::map<int, double> values;
  for (const Sample& sample : cell.samples) {
    if (const auto value = value_of(cell, sample, goal); value && *value > 0) values[sample.round] = *value;
  }
  return values;
}

template <class Of>
std::optional<double> median_of(const Cell& cell, Of of) {
  std::vector<double> values;
  for (const Sample& sample : cell.samples) {
    if (!sample.time_ns()) continue;
    if (const auto value = of(sample)) values.push_back(*value);
  }
  return values.empty() ? std::nullopt : std::optional(engine::median(std::move(values)));
}

// A trial that is still writing when this much of the time for its lines has passed beyond them does not keep up.
constexpr double kLateShare = 0.05;
constexpr double kLateNs = 20e6;  // what begins and ends a trial counts too

bool keeps_rate(const Cell& cell) {
  const auto due_ns = static_cast<double>(cell.workload.pace.last_due(cell.parameters.lines).count());
  if (due_ns <= 0) return true;
  const auto drained_ns = median_of(cell, [](const Sample& sample) { return as_number(sample.drained_ns); });
  return drained_ns && *drained_ns <= due_ns * (1 + kLateShare) + kLateNs;
}

}  // namespace

std::optional<Advice::Figures> figures_of(const Cell& cell, Goal goal, std::optional<std::uint64_t> may_lose_bytes) {
  const auto value = median_of(cell, [&](const Sample& sample) { return value_of(cell, sample, goal); });
  if (!value) return std::nullopt;
  Advice::Figures figures;
  figures.value_ns = *value;
  for (const Sample& sample : cell.samples) {
    figures.trials += sample.time_ns().has_value();
    figures.disturbed_trials += sample.time_ns() && !sample.disturbances.empty();
  }
  const double lines = lines_of(cell);
  figures.ns_per_line = *median_of(cell, [&](const Sample& sample) { return engine::ns_per_line(cell, sample); });
  if (const auto ns = median_of(cell, cpu_ns)) figures.cpu_ns_per_line = *ns / lines;
  // If every trial has timed its appends, a hiccup of the machine is in the figure of one of them alone.
  figures.stall_p999_ns = median_of(cell, [](const Sample& sample) { return as_number(sample.stall_p999_ns); });
  if (!figures.stall_p999_ns) figures.stall_p999_ns = cell.caller_stall.percentile_ns(0.999);
  if (cell.caller_stall.count > 0) figures.stall_max_ns = static_cast<double>(cell.caller_stall.max_ns);
  figures.may_lose_bytes = may_lose_bytes;
  figures.memory_bytes = median_of(cell, [](const Sample& sample) { return as_number(sample.cost.rss_growth_bytes); });
  if (figures.memory_bytes && may_lose_bytes) {
    figures.memory_bytes = std::max(*figures.memory_bytes, static_cast<double>(*may_lose_bytes));
  }
  figures.keeps_rate = keeps_rate(cell);
  return figures;
}

std::vector<double> ratios(const Cell& cell, const Cell& other, Goal goal) {
  std::vector<double> found;
  const std::map<int, double> others = by_round(other, goal);
  for (const auto& [round, value] : by_round(cell, goal)) {
    if (const auto beside = others.find(round); beside != others.end()) found.push_back(value / beside->second);
  }
  return found;
}

double Failure::excess() const {
  const bool at_least = constraint == Hurdle::kLinesPerSecond;
  const double of = at_least ? found : asked;
  return of > 0 ? (at_least ? asked : found) / of : 1e9;
}

std::vector<Failure> failures(const Advice::Figures& figures, const Advice::Asked& asked) {
  std::vector<Failure> found;
  if (asked.lines_per_second && !figures.keeps_rate) {
    found.push_back({Hurdle::kLinesPerSecond, *asked.lines_per_second, 1e9 / std::max(1e-9, figures.ns_per_line)});
  }
  if (asked.max_stall_ns) {
    // With too few appends for the percentile, none of them may be longer.
    const auto stall_ns = figures.stall_p999_ns ? figures.stall_p999_ns : figures.stall_max_ns;
    const auto most = static_cast<double>(*asked.max_stall_ns);
    if (!stall_ns || *stall_ns > most) found.push_back({Hurdle::kMaxStall, most, stall_ns.value_or(0)});
  }
  if (asked.max_memory_bytes) {
    const auto most = static_cast<double>(*asked.max_memory_bytes);
    if (!figures.memory_bytes) {
      found.push_back({Hurdle::kMaxMemory, most, 0});
    } else if (*figures.memory_bytes > most) {
      found.push_back({Hurdle::kMaxMemory, most, *figures.memory_bytes});
    }
  }
  return found;
}

}  // namespace writebench::advise
