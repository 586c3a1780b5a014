#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/crash_test.hpp"

namespace writebench::reports {

/// The crash test as it stands in a report.
nlohmann::ordered_json crash_test_json(const CrashTest& test);

}  // namespace writebench::reports
