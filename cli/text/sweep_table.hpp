#pragma once

#include <cstddef>
#include <string>

#include "reports/report.hpp"

namespace writebench::cli {

/// A run that sweeps one option with numbers, as a table with a row for each strategy and a column for each value, and
/// for each strategy a sentence on where more of it stops helping (the knee).
struct SweepTable {
  std::string text;  ///< in at most `columns` columns; empty for any other run
  /// Whether every row did the same work and the table has the time of every cell. It then says what the long table
  /// says and can replace it.
  bool replaces_rows = false;
};

SweepTable render_sweep(const reports::Report& report, std::size_t columns, bool unicode);

}  // namespace writebench::cli
