#pragma once

#include "reports/advice.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// The advice of a report. Throws BadField.
Advice read_advice(const Field& field);

}  // namespace writebench::reports
