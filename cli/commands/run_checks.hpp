#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "cli/options/options.hpp"
#include "engine/machine/room.hpp"
#include "engine/machine/sync_probe.hpp"

namespace writebench::cli {

/// Removes what killed runs have left where this run writes (engine/trial/leftovers.hpp), and says so on stderr, in a
/// line for each; also what could not be removed.
void remove_leftovers(const Options& options);

/// What a run needs in its directory, and what there is.
struct Space {
  double needed_bytes = 0;  ///< at once: the files of the largest cell, or of all with --keep-files
  double largest_file_bytes = 0;
  std::uint64_t needed_files = 0;
  engine::Room room;
};

Space space_for(const Options& options);

/// "files of 5.89 MB at once, room for 29.1 GB"; without the second half if that is unknown.
std::string space_text(const Options& options);

/// Refuses what would go wrong however it is measured: lines that there is no room for, a durability that the file
/// system cannot give. Throws UsageError. Returns what syncing does there. No value if that was not tried, because
/// nothing is synced and a single trial is run, or if the directory cannot be written, which the run will find itself.
std::optional<engine::Syncing> check_run(const Options& options);

}  // namespace writebench::cli
