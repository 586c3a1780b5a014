#pragma once

#include <nlohmann/json_fwd.hpp>

#include "reports/advice.hpp"

namespace writebench::reports {

/// The advice as it stands in a report.
nlohmann::ordered_json advice_json(const Advice& advice);

}  // namespace writebench::reports
