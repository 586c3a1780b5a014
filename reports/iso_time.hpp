#pragma once

#include <string>

namespace writebench::reports {

/// The current time in UTC, in the form of reports: 2026-01-31T12:00:00Z.
std::string now_as_iso_text();

}  // namespace writebench::reports
