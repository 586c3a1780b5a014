#pragma once

#include "engine/trial/histogram.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// A distribution, empty for null; its percentiles must match its histogram. Throws BadField.
engine::Distribution read_distribution(const Field& field);

}  // namespace writebench::reports
