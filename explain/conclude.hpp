#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reports/report.hpp"

namespace writebench::explain {

/// Computes what follows from the samples of a report that has an explanation: the price of each step of the ladder,
/// the ratios of cells that share rounds, and the break-even. A figure whose cells have no time is 0, without an
/// interval. Throws std::runtime_error if
/// the explanation has no ladder, or names a cell that the report does not have.
void conclude(reports::Report& report);

/// The cell with this id; null if there is none.
const engine::Cell* cell_of(const reports::Report& report, const std::string& id);

/// The median time of one line; no value if the cell has no time.
std::optional<double> ns_per_line(const engine::Cell& cell);

double mean_line_bytes(const engine::CellSpec& cell);

struct Point {
  double x = 0;
  double y = 0;
};

/// Where the curve y = a + b / x that fits these points best is 1. Only points whose y is near 1 count, and in any case
/// the nearest above and below. This is how the time of a line depends on the size of the blocks that are handed over:
/// a for the line, b for the hand-over, shared by as many lines as fit. No value unless there are points on both sides
/// of 1 and the curve falls to below 1. Both x and y are above 0.
std::optional<double> hyperbola_at_one(const std::vector<Point>& points);

}  // namespace writebench::explain
