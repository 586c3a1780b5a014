#include "cli/text/table_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text/format_quantity.hpp"
#include "reports/json.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

// Gives way to what the table is sorted by, so that it still fits: the time per line says the same.
constexpr std::size_t kLinesPerSecond = 2;

std::string heading_of(const reports::Group& group) {
  if (group.control) return "controls";
  switch (group.contract.order) {
    case Order::kNothing: return "writes nothing";
    case Order::kNone: return "whole lines in any order";
    case Order::kPerWriter: return "each writer's lines in order";
    case Order::kGlobal: return "all lines in order";
  }
  return "";
}

std::string percent(double share) { return share < 9.995 ? fmt::format("{:.0f}%", 100 * share) : ">10x"; }

std::vector<std::string> fields_of(const Cell& cell, const reports::Summary& summary, bool unicode) {
  const double time = std::max(summary.time_ns.median, 1.0);
  const bool writes = cell.strategy.contract.order != Order::kNothing;
  return {format_time(time),
          summary.ns_per_line ? format_number(*summary.ns_per_line) : "-",
          format_number(summary.lines_per_second),
          writes ? format_number(summary.bytes_per_second / 1e6) : "-",
          reports::is_reference(cell)  ? "reference"
          : summary.ratio_to_reference ? format_ratio(summary.ratio_to_reference->median)
                                       : "-",
          writes && summary.fraction_of_ceiling ? percent(*summary.fraction_of_ceiling) : "-",
          std::to_string(summary.trials),
          summary.trials < 2 ? "-" : (unicode ? "±" : "+") + percent(summary.mad_ns / time)};
}

// What a cell writes, apart from how.
std::string work_of(const Cell& cell) {
  const engine::Workload& work = cell.workload;
  std::string text = fmt::format("{} lines", cell.parameters.lines);
  if (work.input) text += fmt::format(" of {}", *work.input);
  if (work.min_line_bytes == work.max_line_bytes) {
    if (work.min_line_bytes) text += fmt::format(" of {} bytes", *work.min_line_bytes);
  } else {
    text += fmt::format(" of {} to {} bytes", work.min_line_bytes.value_or(0), work.max_line_bytes.value_or(0));
  }
  text += fmt::format(", {} bytes, durability {}", cell.bytes, reports::to_string(cell.parameters.durability));
  if (work.pace.think.count() > 0) text += ", think " + format_time(static_cast<double>(work.pace.think.count()));
  if (work.pace.lines_per_second > 0) text += fmt::format(", {} lines/s", format_number(work.pace.lines_per_second));
  if (work.pace.burst_lines > 1) text += fmt::format(" in bursts of {}", work.pace.burst_lines);
  if (work.file_state != engine::FileState::kNew) text += fmt::format(", file {}", engine::to_string(work.file_state));
  if (work.preallocation != engine::Preallocation::kNone) {
    text += fmt::format(", preallocated ({})", engine::to_string(work.preallocation));
  }
  return text;
}

bool one_work(const reports::Report& report) {
  return std::all_of(report.cells.begin(), report.cells.end(),
                     [&](const Cell& cell) { return engine::same_work(cell, report.cells.front()); });
}

std::string title(const reports::Report& report) {
  if (report.cells.empty()) return "nothing was run";
  return fmt::format("{}; {} on {}, {} processor{}",
                     one_work(report) ? work_of(report.cells.front()) : "several workloads",
                     report.environment.file_system, report.environment.kernel, report.environment.cpus,
                     report.environment.cpus == 1 ? "" : "s");
}

Section section_of(const reports::Group& group, const reports::Report& report, const SortKey& sort, bool unicode) {
  Section section{heading_of(group), {}};
  for (const reports::Ranked& ranked : group.cells) {
    const Cell& cell = report.cells[ranked.cell];
    const auto summary = reports::summarise(cell, report.cells);
    Row row{&cell, *summary, std::nullopt, fields_of(cell, *summary, unicode)};
    if (!group.control) row.ranked = ranked;
    if (!sort.title.empty()) row.fields[kLinesPerSecond] = shown(sort, cell);
    section.rows.push_back(std::move(row));
  }
  std::stable_sort(section.rows.begin(), section.rows.end(),
                   [&](const Row& a, const Row& b) { return sort.before(*a.cell, *b.cell); });
  return section;
}

}  // namespace

TableRows table_rows(const reports::Report& report, const SortKey& sort, bool unicode) {
  TableRows rows;
  rows.title = title(report);
  rows.titles = {"time", "ns/ln", "ln/s", "MB/s", "vs sync", "ceil", "n", "MAD"};
  if (!sort.title.empty()) rows.titles[kLinesPerSecond] = sort.title;
  const bool several = !report.cells.empty() && !one_work(report);
  for (const reports::Group& group : reports::rank(report.cells)) {
    rows.sections.push_back(section_of(group, report, sort, unicode));
    if (several) rows.sections.back().heading += ": " + work_of(report.cells[group.cells.front().cell]);
  }
  for (const Cell& cell : report.cells) {
    if (cell.status != engine::Outcome::kOk) rows.without_time.push_back(&cell);
  }
  return rows;
}

std::string rank_text(const Row& row) {
  return row.ranked ? fmt::format("{}{}", row.ranked->rank, row.ranked->tied_with.empty() ? "" : "=") : "";
}

std::string status_text(const Cell& cell) {
  const std::string status(cell.status ? engine::to_string(*cell.status) : "not run");
  return cell.status_detail.empty() ? status : status + ": " + cell.status_detail;
}

}  // namespace writebench::cli
