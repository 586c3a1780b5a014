#pragma once

#include <string>

#include "cli/text/terminal.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The page of a report with an explanation: the ladder, the stages, what the factor depends on, when async pays,
/// findings, a recommendation, and the commands that measure the same. At most 60 lines of at most 80 columns; wider
/// terminals get the same. Ends with a newline.
std::string render_explanation(const reports::Report& report, const Terminal& terminal);

/// What an ordinary report can tell about why a strategy costs what it costs, and what it cannot.
std::string what_a_run_tells(const reports::Report& report, const std::string& path, std::size_t columns);

}  // namespace writebench::cli
