#pragma once

#include <span>

#include "writebench/strategy.hpp"

namespace writebench::cli {

/// The whole program for these strategies: parses the command line, does what it says, prints errors to stderr. Returns
/// the exit status; throws nothing.
int program(int argc, char** argv, std::span<const Descriptor> table);

}  // namespace writebench::cli
