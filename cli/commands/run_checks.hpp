#pragma once

#include "cli/options/options.hpp"

namespace writebench::cli {

/// Refuses what would go wrong however it is measured: lines that the disk has no room for, a durability that the file
/// system cannot give. Throws UsageError.
void check_run(const Options& options);

}  // namespace writebench::cli
