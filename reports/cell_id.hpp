#pragma once

#include <string>

#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// The id of a cell in a report whose cells follow from no command line: the strategy with every option, and what else
/// tells the cells apart. `part` is a word for where in the report they belong; it may be empty.
std::string id_with_options(const engine::CellSpec& cell, const std::string& part);

/// An option's value as it is typed: 64KiB, 20us, a word.
std::string typed_value(const OptionValue& value);

}  // namespace writebench::reports
