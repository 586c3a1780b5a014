#pragma once

#include <string>
#include <string_view>

#include "cli/text/sort.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The report as one table of GitHub's Markdown, with the same columns as the terminal's, then its warnings.
std::string render_markdown(const reports::Report& report, const SortKey& sort);

/// The text as itself, wherever in Markdown it stands, on one line.
std::string escaped_markdown(std::string_view text);

}  // namespace writebench::cli
