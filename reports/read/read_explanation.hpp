#pragma once

#include "reports/explanation.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// The explanation of a report. Throws BadField.
Explanation read_explanation(const Field& field);

}  // namespace writebench::reports
