#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/explanation.hpp"

namespace writebench::reports {

/// The explanation as it stands in a report.
nlohmann::ordered_json explanation_json(const Explanation& explanation);

}  // namespace writebench::reports
