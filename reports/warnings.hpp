#pragma once

#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace writebench::reports {

/// What a reader should know before relying on this report, each with advice. Computed only from the report;
/// docs/what-is-timed.md lists the codes.
std::vector<Warning> warnings_of(const Report& report);

/// The codes of all warnings.
std::vector<std::string_view> warning_codes();

}  // namespace writebench::reports
