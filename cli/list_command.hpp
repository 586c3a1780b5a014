#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::cli {

/// Prints the strategies to stdout, for people or as JSON.
void list_command(std::span<const Descriptor> table, bool json);

}  // namespace writebench::cli
