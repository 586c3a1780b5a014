#pragma once

#include <optional>

#include "engine/trial/cell.hpp"
#include "engine/trial/sample_fields.hpp"

namespace writebench::reports {

/// The median of a figure over the trials of a cell that have a time; no value if none of them has the figure.
std::optional<double> median_of(const engine::Cell& cell, const engine::SampleField& field);

}  // namespace writebench::reports
