#pragma once

#include <string_view>
#include <vector>

#include "reports/report.hpp"

namespace writebench::reports {

/// What the reader of this report should know before believing it, each with what to do about it. Computed from the
/// report alone; docs/what-is-timed.md lists the codes.
std::vector<Warning> warnings_of(const Report& report);

/// The codes of all warnings that there are.
std::vector<std::string_view> warning_codes();

}  // namespace writebench::reports
