#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::strategies {

/// Every strategy, in the order in which `list` shows them. Valid for the life of the program.
std::span<const Descriptor> table();

/// The entry of that name, or nullptr.
const Descriptor* find(std::string_view name);

}  // namespace writebench::strategies
