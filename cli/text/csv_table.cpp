#include "cli/text/csv_table.hpp"

#include "cli/text/table_rows.hpp"
#include "reports/export/csv.hpp"
#include "reports/medians.hpp"

namespace writebench::cli {
namespace {

using reports::CsvRow;

void append(CsvRow& row, CsvRow more) { row.insert(row.end(), more.begin(), more.end()); }

CsvRow row_of(const engine::Cell& cell, const reports::Summary* summary, const std::optional<reports::Ranked>& ranked) {
  CsvRow row = reports::csv_of(cell);
  row.push_back({"rank", ranked ? reports::csv_number(ranked->rank) : ""});
  row.push_back({"tied", ranked ? (ranked->tied_with.empty() ? "false" : "true") : ""});
  append(row, reports::csv_of(summary));
  append(row, reports::csv_of("caller_stall", cell.caller_stall));
  append(row, reports::csv_of("loop_lag", cell.loop_lag));
  row.push_back({"cpu_median_ns", reports::csv_number(reports::median_cpu_ns(cell))});
  row.push_back({"peak_rss_median_bytes", reports::csv_number(reports::median_peak_rss_bytes(cell))});
  row.push_back({"write_syscalls_median", reports::csv_number(reports::median_write_syscalls(cell))});
  return row;
}

}  // namespace

std::string render_csv(const reports::Report& report, const SortKey& sort) {
  const TableRows table = table_rows(report, sort, false);
  std::vector<CsvRow> rows;
  for (const Section& section : table.sections) {
    for (const Row& row : section.rows) rows.push_back(row_of(*row.cell, &row.summary, row.ranked));
  }
  for (const engine::Cell* cell : table.without_time) rows.push_back(row_of(*cell, nullptr, std::nullopt));
  return reports::to_csv(rows);
}

}  // namespace writebench::cli
