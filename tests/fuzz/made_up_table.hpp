#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::fuzz {

/// Strategies that cannot run, with every kind of option, for command lines that are parsed and not carried out.
std::span<const Descriptor> made_up_table();

}  // namespace writebench::fuzz
