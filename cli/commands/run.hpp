#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/options/options.hpp"
#include "reports/report.hpp"
#include "reports/report_file.hpp"

namespace writebench::cli {

/// Where the report of these options is kept; no value if it is not. Throws UsageError.
std::optional<reports::ReportFile> store_for(const Options& options);

/// A report of the options' cells, with nothing measured yet; those that cannot run here are unavailable in it. Throws
/// UsageError if the directory cannot take them.
reports::Report begin_report(const Options& options, std::vector<std::string> command_line);

/// Writes the report for the last time. Throws std::runtime_error with a message for the user.
void save_at_end(const reports::ReportFile& store, const reports::Report& report);

/// Says on stderr if Google Benchmark cannot be used here.
void note_trouble_with_library();

/// Measures, prints, and keeps the report up to date on disk. The exit status: that of status_of(), or 128 + the signal
/// that ended it. Throws UsageError before anything is measured.
int run_command(const Options& options, std::vector<std::string> command_line);

}  // namespace writebench::cli
