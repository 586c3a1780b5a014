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

/// The cells to export. Cells that failed, were wrong or did not run are left out: the other tools have no such state,
/// and a zero would look like an improvement.
std::vector<Measured> measured(const Report& report);

/// A format that another tool reads.
struct ExportFormat {
  std::string_view name;
  std::string_view reader;  ///< the tool that reads it
  std::string (*text)(const Report& report, std::span<const Measured> cells);
};

/// All formats, in the order in which they are listed.
std::span<const ExportFormat> export_formats();

}  // namespace writebench::reports
