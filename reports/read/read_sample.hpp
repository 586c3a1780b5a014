#pragma once

#include "engine/trial/sample.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// One trial; its time must match its clocks. Throws BadField.
engine::Sample read_sample(const Field& field);

}  // namespace writebench::reports
