#include "cli/commands/run_checks.hpp"

#include <fmt/format.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "cli/options/usage_error.hpp"
#include "cli/text/format_quantity.hpp"
#include "engine/machine/environment.hpp"
#include "reports/json.hpp"

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

// A file system without a device does nothing on a sync: what it would report is not durability.
void check_durability(const Options& options) {
  const std::string file_system = engine::file_system_of(options.directory);
  if (file_system != "tmpfs" && file_system != "ramfs") return;
  for (const engine::Cell& cell : options.cells) {
    if (cell.parameters.durability.kind == Durability::Kind::kNone) continue;
    throw UsageError(
        fmt::format("--durability '{}' is not available on {}, where syncing does nothing (--dir '{}'); name a "
                    "directory on a disk",
                    reports::to_string(cell.parameters.durability), file_system, options.directory));
  }
}

}  // namespace

void check_run(const Options& options) {
  check_space(options);
  check_durability(options);
}

}  // namespace writebench::cli
