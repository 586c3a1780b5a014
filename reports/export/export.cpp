#include "reports/export/export.hpp"

#include <array>

namespace writebench::reports {

std::vector<Measured> measured(const Report& report) {
  std::vector<Measured> cells;
  for (const engine::Cell& cell : report.cells) {
    if (cell.status != engine::Outcome::kOk) continue;
    if (auto summary = summarise(cell, report.cells)) cells.push_back({cell, *std::move(summary)});
  }
  return cells;
}

std::span<const ExportFormat> export_formats() {
  static constexpr std::array<ExportFormat, 6> kFormats{
      {{"google-benchmark", "compare.py, a row for each trial", export_google_benchmark},
       {"google-benchmark-median", "github-action-benchmark, googlecpp", export_google_benchmark_median},
       {"github-action", "the same, customSmallerIsBetter", export_github_action},
       {"bencher", "bencher, --adapter json", export_bencher},
       {"hyperfine", "whatever reads its JSON", export_hyperfine},
       {"csv", "a row for each trial", export_csv}}};
  return kFormats;
}

}  // namespace writebench::reports
