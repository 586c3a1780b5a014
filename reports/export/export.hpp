#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace writebench::reports {

/// A cell that ran well, and what its samples come to. The report must outlive it.
struct Measured {
  const engine::Cell& cell;
  Summary summary;
};

/// The cells that other tools are told of. What failed, was wrong or was not run is not among them: they know no such
/// state, and a zero would look like an improvement.
std::vector<Measured> measured(const Report& report);

/// A form that another tool reads.
struct ExportFormat {
  std::string_view name;
  std::string_view reader;  ///< who takes it
  std::string (*text)(const Report& report, std::span<const Measured> cells);
};

/// All there are, in the order in which they are listed.
std::span<const ExportFormat> export_formats();

/// Input of compare.py, which comes with Google Benchmark: one row for each trial, those of a cell under one name.
std::string export_google_benchmark(const Report& report, std::span<const Measured> cells);

/// The same with one row for each cell, its median: github-action-benchmark (tool googlecpp) takes only the first row
/// of a name.
std::string export_google_benchmark_median(const Report& report, std::span<const Measured> cells);

/// github-action-benchmark, tool customSmallerIsBetter: the medians.
std::string export_github_action(const Report& report, std::span<const Measured> cells);

/// Bencher Metric Format: latency in nanoseconds, throughput in lines per second.
std::string export_bencher(const Report& report, std::span<const Measured> cells);

/// What hyperfine --export-json writes, and its scripts read: seconds.
std::string export_hyperfine(const Report& report, std::span<const Measured> cells);

/// One row for each trial with all that is known of it, by RFC 4180.
std::string export_csv(const Report& report, std::span<const Measured> cells);

}  // namespace writebench::reports
