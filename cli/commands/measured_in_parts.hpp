#pragma once

#include <cstdio>
#include <functional>
#include <optional>

#include "cli/options/options.hpp"
#include "engine/run/run.hpp"
#include "reports/report.hpp"
#include "reports/report_file.hpp"

namespace writebench::cli {

/// A measurement of several parts, each of which has cells of its own: an explanation or an advice.
struct MeasuredInParts {
  /// Adds what it measures to the report. Returns false if a signal ended it.
  std::function<bool(const engine::MakeRunner&, engine::RunObserver&)> measure;
  /// Fills in what follows from the cells.
  std::function<void()> conclude;
  /// Prints the report for people.
  std::function<void()> print;
  /// Where the path of the report is named: stderr, if stdout has a document.
  std::FILE* people;
  /// The exit status of a measurement that came to its end.
  std::function<int()> status;
};

/// Measures, shows on stderr how far it is, keeps the report on disk up to date, and prints it. Whatever goes wrong,
/// what has been measured is saved and shown first; then the error is thrown. Returns the exit status.
int run_in_parts(const MeasuredInParts& parts, const Options& options, const std::optional<reports::ReportFile>& store,
                 reports::Report& report);

}  // namespace writebench::cli
