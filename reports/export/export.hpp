#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace writebench::reports {

/// A cell that ran well, with the summary of its samples. The report must outlive it.
struct Measured {
  const engine::Cell& cell;
  Summary summary;
};

/// Which cells to export.
struct Selection {
  std::vector<std::string> strategies;  ///< only those of these strategies; empty: of every strategy but the controls
  bool controls = false;                ///< the controls too
};

/// Whether the cell is one to export, if it has a time.
bool selects(const Selection& selection, const engine::Cell& cell);

/// The cells to export. Cells that failed, were wrong or did not run are left out: the other tools have no such state,
/// and a zero would look like an improvement. So are the controls unless they are asked for: a service that watches
/// benchmarks would raise alarms about them.
std::vector<Measured> measured(const Report& report, const Selection& selection);

/// A format that another tool reads.
struct ExportFormat {
  std::string_view name;
  std::string_view reader;  ///< the tool that reads it
  std::string (*text)(const Report& report, std::span<const Measured> cells);
};

/// All formats, in the order in which they are listed.
std::span<const ExportFormat> export_formats();

}  // namespace writebench::reports
