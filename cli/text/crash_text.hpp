#pragma once

#include <string>

#include "cli/text/terminal.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The crash test of a report as a table, with what its columns mean and what broke a promise. The report must have
/// one. Ends with a newline.
std::string render_crash_test(const reports::Report& report, const Terminal& terminal);

}  // namespace writebench::cli
