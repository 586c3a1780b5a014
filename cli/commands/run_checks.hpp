#pragma once

#include <optional>

#include "cli/options/options.hpp"
#include "engine/machine/sync_probe.hpp"

namespace writebench::cli {

/// Refuses what would go wrong however it is measured: lines that the disk has no room for, a durability that the file
/// system cannot give. Throws UsageError. Returns what syncing does there. No value if that was not tried, because
/// nothing is synced and a single trial is run, or if the directory cannot be written, which the run will find itself.
std::optional<engine::Syncing> check_run(const Options& options);

}  // namespace writebench::cli
