#include "reports/export/export.hpp"

#include <algorithm>

namespace writebench::reports {

// Each is defined in a file of its own.
std::string export_google_benchmark(const Report& report, std::span<const Measured> cells);
std::string export_google_benchmark_median(const Report& report, std::span<const Measured> cells);
std::string export_github_action(const Report& report, std::span<const Measured> cells);
std::string export_bencher(const Report& report, std::span<const Measured> cells);
std::string export_hyperfine(const Report& report, std::span<const Measured> cells);
std::string export_prometheus(const Report& report, std::span<const Measured> cells);
std::string export_csv(const Report& report, std::span<const Measured> cells);

bool selects(const Selection& selection, const engine::Cell& cell) {
  if (selection.controls && is_control(cell)) return true;
  if (selection.strategies.empty()) return !is_control(cell);
  return std::find(selection.strategies.begin(), selection.strategies.end(), cell.strategy.name) !=
         selection.strategies.end();
}

std::vector<Measured> measured(const Report& report, const Selection& selection) {
  std::vector<Measured> cells;
  for (const engine::Cell& cell : report.cells) {
    if (cell.status != engine::Outcome::kOk || !selects(selection, cell)) continue;
    if (auto summary = summarise(cell, report.cells)) cells.push_back({cell, *std::move(summary)});
  }
  return cells;
}

std::span<const ExportFormat> export_formats() {
  static constexpr ExportFormat kFormats[] = {
      {"google-benchmark", "compare.py, a row for each trial", export_google_benchmark},
      {"google-benchmark-median", "github-action-benchmark, googlecpp", export_google_benchmark_median},
      {"github-action", "the same, customSmallerIsBetter", export_github_action},
      {"bencher", "bencher, --adapter json", export_bencher},
      {"hyperfine", "its own scripts, and what else reads its JSON", export_hyperfine},
      {"prometheus", "node_exporter's textfile collector, a gauge for each median", export_prometheus},
      {"csv", "a row for each trial", export_csv},
  };
  return kFormats;
}

}  // namespace writebench::reports
