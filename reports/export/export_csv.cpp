#include "reports/export/csv.hpp"
#include "reports/export/export.hpp"

namespace writebench::reports {

// A row for each trial with all that is known of it, by RFC 4180.
std::string export_csv(const Report& report, std::span<const Measured> cells) {
  std::vector<CsvRow> rows;
  for (const Measured& measured : cells) {
    for (const engine::Sample& sample : measured.cell.samples) {
      CsvRow row = csv_of(measured.cell);
      row.push_back({"complete", report.complete ? "true" : "false"});
      const CsvRow trial = csv_of(sample);
      row.insert(row.end(), trial.begin(), trial.end());
      rows.push_back(std::move(row));
    }
  }
  return to_csv(rows);
}

}  // namespace writebench::reports
