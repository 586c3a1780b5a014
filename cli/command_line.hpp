#pragma once

#include <span>

#include "cli/options/options.hpp"
#include "writebench/strategy.hpp"

namespace writebench::cli {

/// Parses the command line against the strategies there are. Throws UsageError.
Options parse_options(int argc, const char* const* argv, std::span<const Descriptor> table);

}  // namespace writebench::cli
