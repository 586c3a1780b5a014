#pragma once

#include <vector>

#include "engine/trial/cell.hpp"
#include "reports/read/json_field.hpp"

namespace writebench::reports {

/// Throws BadField.
Durability read_durability(const Field& field);

/// The report's descriptions of the options that its cells use; without values. Throws BadField.
std::vector<OptionValue> read_options(const Field& field);

/// A cell with these samples, which stand in it; its status must follow from them. Throws BadField.
engine::Cell read_cell(const Field& field, const std::vector<OptionValue>& options, engine::Samples samples);

/// Throws BadField if the summary in the file does not match the cell's samples, apart from rounding.
void check_summary(const Field& field, const engine::Cell& cell, const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
