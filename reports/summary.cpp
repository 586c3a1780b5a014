#include <algorithm>

#include "engine/trial/sample_fields.hpp"
#include "reports/pairs.hpp"
#include "reports/report.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;

Estimate estimate(const std::vector<double>& values) {
  return {engine::median(values), engine::median_interval_95(values)};
}

}  // namespace

bool is_control(const Cell& cell) { return cell.strategy.role != Role::kStrategy; }

std::string name_of(const Cell& cell) {
  return cell.asked_lines ? cell.id + " (" + engine::lines_fraction(cell) + " of lines)" : cell.id;
}

bool has_rate(const Cell& cell) { return cell.workload.pace.lines_per_second > 0; }

bool falls_behind(const Cell& cell) {
  const auto due_ns = static_cast<double>(cell.workload.pace.last_due(cell.parameters.lines).count());
  const std::vector<double> times = engine::times_ns(cell);
  return due_ns > 0 && !times.empty() && engine::median(times) > 1.05 * due_ns;
}

std::optional<double> processor_share(const Cell& cell) {
  const engine::SampleField& cpu = engine::sample_field("cpu_ns");
  std::vector<double> shares;
  for (const engine::Sample& sample : cell.samples) {
    const auto time_ns = sample.time_ns();
    const auto cpu_ns = cpu.of(sample);
    if (time_ns && cpu_ns)
      shares.push_back(static_cast<double>(*cpu_ns) / static_cast<double>(std::max<std::int64_t>(1, *time_ns)));
  }
  return shares.empty() ? std::nullopt : std::optional(engine::median(std::move(shares)));
}

bool is_twin(const Cell& cell) { return !cell.twin_of.empty(); }

bool is_reference(const Cell& cell) { return cell.strategy.name == kReference && !is_twin(cell); }

std::optional<double> per_line_ratio(const Cell& cell, std::string_view other, const std::vector<Cell>& cells) {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const Cell& candidate) {
    return candidate.strategy.name == other && engine::same_work(engine::as_asked(candidate), engine::as_asked(cell));
  });
  const auto ns_per_line = [](const Cell& one) -> std::optional<double> {
    const std::vector<double> times = engine::times_ns(one);
    if (times.empty() || one.parameters.lines == 0) return std::nullopt;
    return engine::median(times) / static_cast<double>(one.parameters.lines);
  };
  if (found == cells.end()) return std::nullopt;
  const auto own = ns_per_line(cell);
  const auto others = ns_per_line(*found);
  return own && others && *others > 0 ? std::optional(*own / *others) : std::nullopt;
}

std::optional<Summary> summarise(const Cell& cell, const std::vector<Cell>& cells) {
  const std::vector<double> times = engine::times_ns(cell);
  if (times.empty()) return std::nullopt;
  Summary summary;
  summary.trials = times.size();
  summary.disturbed_trials = static_cast<std::size_t>(
      std::count_if(cell.samples.begin(), cell.samples.end(),
                    [](const engine::Sample& sample) { return sample.time_ns() && !sample.disturbances.empty(); }));
  summary.time_ns = estimate(times);
  summary.mad_ns = engine::median_absolute_deviation(times);
  summary.min_ns = *std::min_element(times.begin(), times.end());
  summary.max_ns = *std::max_element(times.begin(), times.end());
  const double lines = static_cast<double>(cell.parameters.lines);
  const double seconds = std::max(summary.time_ns.median, 1.0) * 1e-9;
  if (lines > 0) summary.ns_per_line = summary.time_ns.median / lines;
  summary.lines_per_second = lines / seconds;
  summary.bytes_per_second = static_cast<double>(cell.bytes) / seconds;
  if (has_rate(cell)) return summary;
  if (const Cell* reference = cell_of(kReference, cell, cells)) {
    const auto ratios = paired_ratios(cell, *reference);
    if (!ratios.empty()) summary.ratio_to_reference = estimate(ratios);
  }
  if (const Cell* ceiling = ceiling_of(cell, cells)) {
    const auto ratios = paired_ratios(*ceiling, cell);
    if (!ratios.empty()) summary.fraction_of_ceiling = engine::median(ratios);
  }
  if (!cell.strategy.own_reference.empty()) {
    summary.per_line_to_reference = per_line_ratio(cell, kReference, cells);
    summary.per_line_to_own_reference = per_line_ratio(cell, cell.strategy.own_reference, cells);
  }
  return summary;
}

std::optional<double> walking_ns(const Cell& harness) {
  std::vector<double> times;
  for (const engine::Sample& sample : harness.samples) {
    if (const auto time_ns = sample.time_ns()) times.push_back(static_cast<double>(*time_ns - sample.last_sync_ns()));
  }
  if (times.empty() || harness.workload.pace.any()) return std::nullopt;
  return engine::median(std::move(times));
}

Harness harness_of(const Report& report) {
  Harness harness;
  harness.clock_read_ns = report.clock_read_ns;
  harness.protocol_ns = report.protocol_ns;
  std::vector<double> overheads;
  for (const Cell& cell : report.cells) {
    if (cell.strategy.name == kHarness && cell.parameters.lines > 0 && !harness.ns_per_line) {
      if (const auto ns = walking_ns(cell)) harness.ns_per_line = *ns / static_cast<double>(cell.parameters.lines);
    }
    for (const engine::Sample& sample : cell.samples) {
      if (sample.total_ns && sample.time_ns())
        overheads.push_back(static_cast<double>(*sample.total_ns - *sample.time_ns()));
    }
  }
  if (!overheads.empty()) harness.trial_overhead_ns = engine::median(std::move(overheads));
  return harness;
}

}  // namespace writebench::reports
