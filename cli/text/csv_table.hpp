#pragma once

#include <string>

#include "cli/text/sort.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// One row a cell, in the order of the table, by RFC 4180: every digit, and the units in the names of the columns.
std::string render_csv(const reports::Report& report, const SortKey& sort);

}  // namespace writebench::cli
