#pragma once

#include <vector>

#include "engine/trial/sample.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// A cell with its samples; its status has to be what they come to. Throws BadField.
engine::Cell read_cell(const Field& field);

/// Throws BadField where the summary in the file is not, within rounding, that of the cell's samples.
void check_summary(const Field& field, const engine::Cell& cell, const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
