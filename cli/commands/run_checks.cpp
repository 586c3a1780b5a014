#include "cli/commands/run_checks.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "cli/options/usage_error.hpp"
#include "cli/text/format_quantity.hpp"
#include "engine/machine/environment.hpp"
#include "engine/trial/scratch.hpp"
#include "reports/json.hpp"
#include "writebench/errors.hpp"

namespace writebench::cli {
namespace {

void check_space(const Options& options) {
  struct statvfs status {};
  if (::statvfs(options.directory.c_str(), &status) != 0) return;
  const double free_bytes = static_cast<double>(status.f_bavail) * static_cast<double>(status.f_frsize);
  double largest = 0;
  double together = 0;
  for (const engine::Cell& cell : options.cells) {
    largest = std::max(largest, static_cast<double>(cell.bytes));
    together += static_cast<double>(cell.bytes);
  }
  const double needed = options.keep_files ? together : largest;
  if (needed > free_bytes) {
    const std::string lines =
        options.lines_typed.empty() ? "--lines" : fmt::format("--lines '{}'", options.lines_typed);
    throw UsageError(fmt::format("{} need {}, and --dir '{}' has room for {}; write fewer lines or elsewhere", lines,
                                 format_bytes(needed), options.directory, format_bytes(free_bytes)));
  }
}

bool syncs(const engine::Cell& cell) { return cell.parameters.durability.kind != Durability::Kind::kNone; }

std::optional<engine::Syncing> tried_syncing(const Options& options) {
  const bool needed = options.plan.max_trials > 1 || std::any_of(options.cells.begin(), options.cells.end(), syncs);
  if (!needed) return std::nullopt;
  try {
    const engine::Scratch scratch(options.directory);
    return engine::probe_syncing(scratch.path());
  } catch (const IoError&) {
    return std::nullopt;
  }
}

// If a sync does nothing, what it would report is not durability.
void check_durability(const Options& options, const std::optional<engine::Syncing>& syncing) {
  if (!syncing || !syncing->does_nothing) return;
  for (const engine::Cell& cell : options.cells) {
    if (!syncs(cell)) continue;
    throw UsageError(fmt::format(
        "--durability '{}' is not available in --dir '{}', where syncing does nothing ({}); name a "
        "directory on a disk",
        reports::to_string(cell.parameters.durability), options.directory, engine::file_system_of(options.directory)));
  }
}

}  // namespace

std::optional<engine::Syncing> check_run(const Options& options) {
  check_space(options);
  const std::optional<engine::Syncing> syncing = tried_syncing(options);
  check_durability(options, syncing);
  return syncing;
}

}  // namespace writebench::cli
