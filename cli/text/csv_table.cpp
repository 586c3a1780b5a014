#include "cli/text/csv_table.hpp"

#include "cli/text/table_rows.hpp"
#include "reports/export/csv.hpp"
#include "reports/medians.hpp"

namespace writebench::cli {
namespace {

using reports::CsvRow;

void append(CsvRow& row, CsvRow more) { row.insert(row.end(), more.begin(), more.end()); }

CsvRow row_of(const reports::Report& report, const engine::Cell& cell, const reports::Summary* summary,
              const std::optional<reports::Ranked>& ranked) {
  CsvRow row = reports::csv_of(cell);
  row.push_back({"complete", report.complete ? "true" : "false"});
  row.push_back({"rank", ranked ? reports::csv_number(ranked->rank) : ""});
  row.push_back({"tied", ranked ? (ranked->tied_with.empty() ? "false" : "true") : ""});
  append(row, reports::csv_of(summary));
  append(row, reports::csv_of("caller_stall", cell.caller_stall));
  append(row, reports::csv_of("loop_lag", cell.loop_lag));
  append(row, reports::csv_of("pace_late", cell.pace_late));
  for (const engine::SampleField& field : engine::sample_fields()) {
    if (field.column.empty()) continue;
    const std::string unit = field.unit().empty() ? "" : "_" + std::string(field.unit());
    row.push_back({std::string(field.stem()) + "_median" + unit, reports::csv_number(reports::median_of(cell, field))});
  }
  return row;
}

}  // namespace

std::string render_csv(const reports::Report& report, const SortKey& sort) {
  const TableRows table = table_rows(report, sort, false);
  std::vector<CsvRow> rows;
  for (const Section& section : table.sections) {
    for (const Row& row : section.rows) rows.push_back(row_of(report, *row.cell, &row.summary, row.ranked));
  }
  for (const engine::Cell* cell : table.without_time) rows.push_back(row_of(report, *cell, nullptr, std::nullopt));
  return reports::to_csv(rows);
}

}  // namespace writebench::cli
