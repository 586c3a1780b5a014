#pragma once

#include <string>

namespace writebench::reports {

/// This moment in UTC, as reports have it: 2026-01-31T12:00:00Z.
std::string now_as_iso_text();

}  // namespace writebench::reports
