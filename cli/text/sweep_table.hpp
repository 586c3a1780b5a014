#pragma once

#include <cstddef>
#include <string>

#include "reports/report.hpp"

namespace writebench::cli {

/// For a run that sweeps one option with numbers: a row for each strategy, a column for each value, and for each
/// strategy a sentence on where more of it stops helping (the knee), in at most `columns` columns. Empty for any other
/// run.
std::string render_sweep(const reports::Report& report, std::size_t columns, bool unicode);

}  // namespace writebench::cli
