#pragma once

#include <string>

#include "cli/text/terminal.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The same work in several languages, if the report has programs that are compared within theirs: what a line costs
/// each, over what it costs the language's own synchronous program, and the reference. Empty for any other report.
std::string render_languages(const reports::Report& report, const Terminal& terminal);

}  // namespace writebench::cli
