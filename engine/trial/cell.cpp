#include "engine/trial/cell.hpp"

#include <algorithm>

#include "engine/trial/trial_files.hpp"

namespace writebench::engine {

StrategyTraits::StrategyTraits(const Descriptor& descriptor)
    : name(descriptor.name),
      family(descriptor.family),
      role(descriptor.role),
      contract(descriptor.contract),
      language(descriptor.language),
      own_reference(descriptor.own_reference) {}

void CellResults::add(Sample sample) {
  if (!status || *status == Outcome::kOk) {
    status = sample.outcome;
    status_detail = sample.detail;
  }
  samples.push_back(std::move(sample));
}

std::optional<std::string> unavailable(const Descriptor& strategy, const Parameters& parameters) {
  if (strategy.unavailable) {
    if (auto reason = strategy.unavailable()) return reason;
  }
  if (parameters.durability.kind == Durability::Kind::kLine && !strategy.contract.each_line_durable) {
    return "cannot promise that a line is durable when its append returns";
  }
  if (access_of(strategy, parameters).dsync && strategy.access.by_name) {
    return "opens its file by itself, so the file cannot be opened with O_DSYNC for it (--sync-call dsync)";
  }
  return std::nullopt;
}

bool same_work(const CellSpec& a, const CellSpec& b) {
  return a.parameters.lines == b.parameters.lines && a.parameters.durability == b.parameters.durability &&
         a.workload == b.workload;
}

CellSpec as_asked(CellSpec cell) {
  cell.parameters.lines = cell.asked_lines.value_or(cell.parameters.lines);
  cell.asked_lines.reset();
  return cell;
}

std::string lines_fraction(const CellSpec& cell) {
  if (!cell.asked_lines) return "";
  const std::uint64_t lines = std::max<std::uint64_t>(1, cell.parameters.lines);
  return "1/" + std::to_string((*cell.asked_lines + lines / 2) / lines);
}

std::vector<double> times_ns(const CellResults& results) {
  std::vector<double> times;
  for (const Sample& sample : results.samples) {
    if (const auto time = sample.time_ns()) times.push_back(static_cast<double>(*time));
  }
  return times;
}

std::optional<double> ns_per_line(const CellSpec& cell, const Sample& sample) {
  const auto time_ns = sample.time_ns();
  if (!time_ns || cell.parameters.lines == 0) return std::nullopt;
  const auto lines = static_cast<double>(cell.parameters.lines);
  const auto asked = static_cast<double>(cell.asked_lines.value_or(cell.parameters.lines));
  const std::int64_t last_sync_ns = sample.last_sync_ns();
  return static_cast<double>(*time_ns - last_sync_ns) / lines + static_cast<double>(last_sync_ns) / asked;
}

}  // namespace writebench::engine
