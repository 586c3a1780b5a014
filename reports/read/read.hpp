#pragma once

#include <stdexcept>
#include <string>

#include "reports/report.hpp"

namespace writebench::reports {

/// A file is no report that can be relied on; one line that names the file, what is wrong with it, and what to do.
class BadReport : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a report that this program or an earlier one wrote: everything that report.schema.json requires, so that
/// to_json() of it gives the same file again, in the newest form. Keys that are not known are passed over. What the
/// samples cannot have given is refused: a time that contradicts its clocks, a summary that is not theirs. Of the
/// strategies it has what the report says of them, and nothing to run them with; the workloads have no content.
/// Throws BadReport.
Report read_report(const std::string& path);

/// The same from text; `name` stands for the file in messages.
Report parse_report(const std::string& text, const std::string& name);

}  // namespace writebench::reports
