#pragma once

#include <string>

#include "cli/text/terminal.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The advice of a report for people: what was asked, the recommendation, the finalists as a table, what it gives up,
/// what was ruled out, how much to trust it, and a paragraph for a design document. At most 80 columns. The report must
/// have an advice, on which advise::conclude() was called. Ends with a newline.
std::string render_advice(const reports::Report& report, const Terminal& terminal);

/// The same in GitHub's Markdown.
std::string advice_markdown(const reports::Report& report);

}  // namespace writebench::cli
