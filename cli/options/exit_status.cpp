#include "cli/options/exit_status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace writebench::cli {
namespace {

constexpr std::array<std::pair<ExitStatus, std::string_view>, 5> kMeanings{{
    {ExitStatus::kFine, "fine"},
    {ExitStatus::kFailed, "a strategy failed or wrote wrong bytes"},
    {ExitStatus::kUsage, "usage, or nothing to measure or compare"},
    {ExitStatus::kSlower, "slower"},
    {ExitStatus::kInconclusive, "inconclusive"},
}};

}  // namespace

std::vector<std::pair<std::string, std::string>> exit_statuses() {
  std::vector<std::pair<std::string, std::string>> statuses;
  for (const auto& [exit_status, meaning] : kMeanings) {
    statuses.emplace_back(std::to_string(status(exit_status)), meaning);
  }
  statuses.emplace_back(fmt::format("{}+n", ended_by(0)), "ended by signal n");
  return statuses;
}

std::string exit_status_help() {
  std::vector<std::string> parts;
  for (const auto& [number, meaning] : exit_statuses()) parts.push_back(number + " " + meaning);
  return fmt::format("Exit status: {}.", fmt::join(parts, ", "));
}

bool measured_something(const reports::Report& report, const std::vector<std::string>& asked) {
  const auto writes = [](const engine::Cell& cell) { return cell.strategy.contract.order != Order::kNothing; };
  std::vector<const engine::Cell*> cells;
  for (const engine::Cell& cell : report.cells) {
    if (std::find(asked.begin(), asked.end(), cell.strategy.name) != asked.end()) cells.push_back(&cell);
  }
  const bool any_writes = std::any_of(cells.begin(), cells.end(), [&](const auto* cell) { return writes(*cell); });
  return std::any_of(cells.begin(), cells.end(), [&](const auto* cell) {
    return cell->status == engine::Outcome::kOk && (writes(*cell) || !any_writes);
  });
}

int status_of(const reports::Report& report, const std::vector<std::string>& asked) {
  const bool failed = std::any_of(report.cells.begin(), report.cells.end(), [](const engine::Cell& cell) {
    return cell.status != engine::Outcome::kOk && cell.status != engine::Outcome::kUnavailable;
  });
  if (failed) return status(ExitStatus::kFailed);
  return status(measured_something(report, asked) ? ExitStatus::kFine : ExitStatus::kUsage);
}

int status_of(const gate::Comparison& comparison, FailOn fail_on) {
  if (comparison.cells.empty()) {
    return status(gate::broken(comparison) ? ExitStatus::kFailed : ExitStatus::kUsage);
  }
  if (fail_on == FailOn::kNever) return status(ExitStatus::kFine);
  const gate::Tally tally = gate::tally(comparison);
  if (tally.slower > 0) return status(ExitStatus::kSlower);
  if (tally.failed > 0) return status(ExitStatus::kFailed);
  return status(fail_on == FailOn::kInconclusive && tally.inconclusive > 0 ? ExitStatus::kInconclusive
                                                                           : ExitStatus::kFine);
}

}  // namespace writebench::cli
