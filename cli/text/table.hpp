#pragma once

#include <string>

#include "cli/text/sort.hpp"
#include "cli/text/terminal.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// The report as a table for people, and below it the verdicts and whatever it has to warn of; no wider than the
/// terminal. Within what is ranked together, in the order of `sort`. A sweep of one option has the table of
/// render_sweep() instead of a row for each value, unless another order than that by time is asked for.
std::string render_table(const reports::Report& report, const Terminal& terminal, const SortKey& sort = sort_by_time());

}  // namespace writebench::cli
