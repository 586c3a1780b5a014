#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace writebench::reports {

/// A cell that ran well, and what its samples come to. The report must outlive it.
struct Measured {
  const engine::Cell& cell;
  Summary summary;
};

/// The cells that other tools are told of. What failed, was wrong or was not run is not among them: they know no such
/// state, and a zero would look like an improvement.
std::vector<Measured> measured(const Report& report);

/// A form that another tool reads.
struct ExportFormat {
  std::string_view name;
  std::string_view reader;  ///< who takes it
  std::string (*text)(const Report& report, std::span<const Measured> cells);
};

/// All there are, in the order in which they are listed.
std::span<const ExportFormat> export_formats();

}  // namespace writebench::reports
