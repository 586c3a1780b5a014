#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::strategies {

/// Every strategy there is, in the order of the shelves. Valid for the life of the program.
std::span<const Descriptor> table();

/// The entry of that name, or null.
const Descriptor* find(std::string_view name);

}  // namespace writebench::strategies
