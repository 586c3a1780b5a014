#pragma once

#include "cli/options.hpp"

namespace writebench::cli {

/// Measures, prints, and keeps the report up to date on disk. The exit status: 0, 1, or 128 + the signal that ended it.
/// Throws UsageError before anything is measured.
int run_command(const Options& options, std::vector<std::string> command_line);

}  // namespace writebench::cli
