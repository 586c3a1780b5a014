#pragma once

#include "reports/crash_test.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// Reads what json.cpp writes of a crash test. Throws BadField, also if a summary does not follow from its losses.
CrashTest read_crash_test(const Field& field);

}  // namespace writebench::reports
