#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/text/sort.hpp"
#include "reports/ranking.hpp"
#include "reports/report.hpp"

namespace writebench::cli {

/// One cell that has a time, as it stands in a table. The report must outlive it.
struct Row {
  const engine::Cell* cell;
  reports::Summary summary;
  bool reference = false;                 ///< the one that ratios of this work are taken against
  bool paced = false;                     ///< the pace fixes its time
  std::optional<reports::Ranked> ranked;  ///< no value for a control, at a pace, and for a fraction of the lines
  std::vector<std::string> fields;        ///< one for each field of the table
  std::string family_heading = {};        ///< above it, if it is the first of its family in a table of many strategies
};

/// Cells of like contract and the same work under a heading. In a table of many strategies those of a family stand
/// together: the families in the order of their fastest rows, and the ranks across all of them.
struct Section {
  std::string heading;
  std::vector<Row> rows;
};

/// What a field of each row shows.
struct Field {
  std::string title;
  int worth = 0;                   ///< as Column's
  std::size_t least_terminal = 0;  ///< not shown on a terminal with fewer columns
};

/// What every form of the table shows.
struct TableRows {
  std::string title;          ///< what was written and where, and whether the run is incomplete
  std::vector<Field> fields;  ///< at a pace what it costs; time, rates, ratios, how sure it is; what it is sorted by
  std::vector<Section> sections;
  std::vector<const engine::Cell*> without_time;  ///< that failed, or were not run
  std::vector<std::string> legend;                ///< what marks in the fields mean
  std::vector<std::string> verdicts;              ///< sentences for below
};

/// `unicode`: the fields may have a plus-minus sign. Fields in which no row has anything are left out.
TableRows table_rows(const reports::Report& report, const SortKey& sort, bool unicode);

/// "1", with a "=" if it is tied; empty if it is not ranked.
std::string rank_text(const Row& row);

/// "failed: out of ink"
std::string status_text(const engine::Cell& cell);

}  // namespace writebench::cli
