#pragma once

#include <stdexcept>
#include <string>

#include "reports/report.hpp"

namespace writebench::reports {

/// The file is not a report that can be trusted. The message is one line: the file, what is wrong with it, and what to
/// do.
class BadReport : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A report with more is refused: whatever a file holds, reading it takes seconds and a few GB at most.
inline constexpr std::size_t kMostCells = 10'000;
inline constexpr std::size_t kMostSamples = 2'000'000;

/// Reads a report that this program or an earlier one wrote, with everything that report.schema.json requires, so that
/// to_json() of the result gives the same file in the newest form. Ignores unknown keys. Refuses what cannot follow
/// from the samples, such as a time that contradicts its clocks or a summary of other samples. The result describes
/// strategies as the report does, without factories; its workloads have no content. Throws BadReport.
Report read_report(const std::string& path);

/// The same from a text; messages call it `name`.
Report parse_report(const std::string& text, const std::string& name);

}  // namespace writebench::reports
