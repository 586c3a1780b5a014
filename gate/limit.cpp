#include "gate/limit.hpp"

#include <algorithm>

namespace writebench::gate {
namespace {

constexpr double kStallQuantile = 0.99;  // of the only metric that needs timed appends

LimitVerdict unknown(const engine::Cell& cell, std::string reason) {
  return {.id = cell.id, .kind = LimitVerdict::Kind::kUnknown, .interval = std::nullopt, .reason = std::move(reason)};
}

// In the limit's unit. A count of 0 is a value too; only a rate needs more.
std::vector<double> values_of(const engine::Cell& cell, const Metric& metric) {
  std::vector<double> values;
  for (const engine::Sample& sample : cell.samples) {
    if (sample.outcome != engine::Outcome::kOk) continue;
    const auto value = metric.field->of(sample);
    if (!value || (metric.rate && *value <= 0)) continue;
    const auto number = static_cast<double>(*value);
    values.push_back(metric.rate ? static_cast<double>(cell.parameters.lines) * 1e9 / number : number);
  }
  return values;
}

LimitVerdict judge_stall(const engine::Cell& cell, const Limit& limit) {
  const auto value = cell.caller_stall.percentile_ns(kStallQuantile);
  if (!value) return unknown(cell, "no trial has timed enough appends; raise --stall-trials or --lines");
  const bool kept = *value <= limit.value;
  return {.id = cell.id,
          .kind = kept ? LimitVerdict::Kind::kKept : LimitVerdict::Kind::kExceeded,
          .value = *value,
          .interval = std::nullopt,
          .trials = 0,
          .reason = {}};
}

LimitVerdict judge_cell(const engine::Cell& cell, const Limit& limit) {
  const Metric& metric = *limit.metric;
  if (cell.status && cell.status != engine::Outcome::kOk) return unknown(cell, cell.status_detail);
  if (metric.observed()) return judge_stall(cell, limit);
  if (cell.asked_lines && !metric.rate) {
    return unknown(cell, "it ran on a fraction of the lines; raise --budget, or run all lines with --trials");
  }
  const std::vector<double> values = values_of(cell, metric);
  if (values.empty()) return unknown(cell, "no trial knows it: the kernel does not tell it of this strategy");
  LimitVerdict verdict{.id = cell.id,
                       .value = engine::median(values),
                       .interval = engine::median_interval_95(values),
                       .trials = values.size(),
                       .reason = {}};
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  const double low = verdict.interval ? verdict.interval->low : *least;
  const double high = verdict.interval ? verdict.interval->high : *most;
  const bool kept = metric.rate ? low >= limit.value : high <= limit.value;
  const bool exceeded = metric.rate ? high < limit.value : low > limit.value;
  verdict.kind = kept       ? LimitVerdict::Kind::kKept
                 : exceeded ? LimitVerdict::Kind::kExceeded
                            : LimitVerdict::Kind::kUncertain;
  return verdict;
}

}  // namespace

std::vector<LimitVerdict> judge(const reports::Report& report, const Limit& limit) {
  std::vector<LimitVerdict> verdicts;
  for (const engine::Cell& cell : report.cells) {
    if (cell.strategy.name == limit.strategy) verdicts.push_back(judge_cell(cell, limit));
  }
  return verdicts;
}

}  // namespace writebench::gate
