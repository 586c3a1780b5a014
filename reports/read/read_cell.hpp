#pragma once

#include <vector>

#include "engine/trial/cell.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// What the report says of the options that its cells use; without values. Throws BadField.
std::vector<OptionValue> read_options(const Field& field);

/// A cell with its samples; its status has to be that of the samples. Throws BadField.
engine::Cell read_cell(const Field& field, const std::vector<OptionValue>& options);

/// Throws BadField where the summary in the file is not, within rounding, that of the cell's samples.
void check_summary(const Field& field, const engine::Cell& cell, const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
