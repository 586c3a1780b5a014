#include "cli/commands/run_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "cli/options/output_file.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/leftover_text.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "engine/machine/environment.hpp"
#include "engine/program/program.hpp"
#include "engine/trial/leftovers.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial_files.hpp"
#include "reports/atomic_file.hpp"
#include "reports/json.hpp"
#include "writebench/errors.hpp"

namespace writebench::cli {
namespace {

void print_line(const std::string& text) { print_text(stderr, on_one_line("writebench: " + text)); }

std::string lines_option(const Options& options) {
  return options.lines_typed.empty() ? "--lines" : fmt::format("--lines '{}'", options.lines_typed);
}

[[noreturn]] void refuse(const Options& options, double needed_bytes, const std::string& what,
                         const std::string& advice) {
  const bool together = options.keep_files && options.cells.size() > 1;
  throw UsageError(fmt::format("{} need {}{}, and {}; {}", lines_option(options), format_bytes(needed_bytes),
                               together ? " with --keep-files" : "", what, advice));
}

void check_space(const Options& options) {
  const Space space = space_for(options);
  const double needed = space.needed_bytes;
  const auto exceeded = [](double wanted, const std::optional<std::uint64_t>& limit) {
    return limit && wanted > static_cast<double>(*limit);
  };
  const auto bytes_of = [](const std::optional<std::uint64_t>& bytes) {
    return format_bytes(static_cast<double>(*bytes));
  };
  const engine::Room& room = space.room;
  const std::string elsewhere = "write fewer lines or elsewhere";
  if (exceeded(needed, room.free_bytes)) {
    refuse(options, needed, fmt::format("--dir '{}' has room for {}", options.directory, bytes_of(room.free_bytes)),
           elsewhere);
  }
  if (exceeded(needed, room.quota_bytes)) {
    refuse(options, needed,
           fmt::format("your quota in --dir '{}' leaves {}", options.directory, bytes_of(room.quota_bytes)), elsewhere);
  }
  if (exceeded(needed, room.memory_bytes)) {
    refuse(options, needed,
           fmt::format("--dir '{}' is in memory, of which this process can have {}", options.directory,
                       bytes_of(room.memory_bytes)),
           elsewhere);
  }
  if (exceeded(space.largest_file_bytes, room.most_file_bytes)) {
    throw UsageError(
        fmt::format("{} need a file of {}, and the limit of this process is {}; write fewer lines or "
                    "raise the limit (ulimit -f)",
                    lines_option(options), format_bytes(space.largest_file_bytes), bytes_of(room.most_file_bytes)));
  }
  if (exceeded(static_cast<double>(space.needed_files), room.free_files)) {
    throw UsageError(fmt::format("--dir '{}' has room for {} more files, and the run needs {}; name another",
                                 options.directory, *room.free_files, space.needed_files));
  }
}

bool syncs(const engine::Cell& cell) { return cell.parameters.durability.kind != Durability::Kind::kNone; }

// access(2) lets root write in any directory, but not in every one can a directory be made.
std::optional<engine::Syncing> tried_syncing(const Options& options) {
  std::optional<engine::Scratch> scratch;
  try {
    scratch.emplace(options.directory);
  } catch (const IoError& error) {
    throw UsageError(
        fmt::format("--dir '{}' cannot be written: {}; name another", options.directory, error.code().message()));
  }
  const bool needed = options.plan.max_trials > 1 || std::any_of(options.cells.begin(), options.cells.end(), syncs);
  if (!needed) return std::nullopt;
  try {
    return engine::probe_syncing(scratch->path());
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

Space space_for(const Options& options) {
  constexpr std::uint64_t kOwnFiles = 2;  // the directory and its marker
  Space space;
  std::uint64_t files = 0;
  double scratch_bytes = 0;  // of a strategy, beside files that are kept
  std::uint64_t scratch_files = 0;
  double lines_file_bytes = 0;  // of an external program that takes its lines from one
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    const engine::Cell& cell = options.cells[i];
    const engine::Program* const program = options.runnables[i].program.get();
    if (program != nullptr && program->takes_file(cell.workload)) {
      lines_file_bytes = std::max(lines_file_bytes, static_cast<double>(cell.bytes));
    }
    if (cell.strategy.contract.order == Order::kNothing) continue;
    // An old file, or a reserved one, is the same file with the same bytes.
    const auto bytes = static_cast<double>(cell.bytes);
    const engine::FileCounts counts = engine::file_counts(options.runnables[i].strategy, cell.parameters);
    const bool has_scratch = counts.scratch > 0;  // removed after each trial, whatever is kept
    if (options.keep_files) {
      space.needed_bytes += bytes;
      files += counts.results;
      scratch_bytes = std::max(scratch_bytes, has_scratch ? bytes : 0);
      scratch_files = std::max<std::uint64_t>(scratch_files, counts.scratch);
    } else {
      space.needed_bytes = std::max(space.needed_bytes, has_scratch ? 2 * bytes : bytes);
      files = std::max<std::uint64_t>(files, counts.all());
    }
    // Each writer has nearly the same share; at least one has this much.
    space.largest_file_bytes = std::max(space.largest_file_bytes, bytes / static_cast<double>(counts.results));
  }
  space.needed_bytes += lines_file_bytes + scratch_bytes;
  space.needed_files = files + scratch_files + kOwnFiles;
  try {
    space.room = engine::room_in(options.directory);
  } catch (const IoError&) {  // whoever may not read a directory may still write in it
  }
  return space;
}

std::string space_text(const Options& options) {
  const Space space = space_for(options);
  std::optional<std::uint64_t> room;
  for (const auto& bytes : {space.room.free_bytes, space.room.quota_bytes, space.room.memory_bytes}) {
    if (bytes) room = std::min(room.value_or(*bytes), *bytes);
  }
  return fmt::format("files of {} at once{}", format_bytes(space.needed_bytes),
                     room ? fmt::format(", room for {}", format_bytes(static_cast<double>(*room))) : "");
}

void remove_leftovers(const Options& options) {
  std::vector<std::string> directories{options.directory};
  const auto add = [&](const std::string& directory) {
    std::error_code error;
    const auto same = [&](const std::string& other) { return std::filesystem::equivalent(directory, other, error); };
    if (std::none_of(directories.begin(), directories.end(), same)) directories.push_back(directory);
  };
  if (options.report_path != kStandardOutput && options.report_path != kNoFile) {
    add(reports::directory_of(options.report_path));
  }
  if (!options.save_baseline.empty()) add(options.baseline_directory);
  for (const std::string& directory : directories) {
    try {
      const engine::Leftovers leftovers = engine::leftovers_in(directory, engine::Removal::kRemove);
      for (const engine::Leftover& leftover : leftovers.found) {
        print_line(fmt::format("removed what a killed run left: {}", leftover_text(leftover)));
      }
      for (const engine::LeftAlone& alone : leftovers.alone) {
        if (alone.failed) print_line(fmt::format("a killed run left {}: {}", alone.path, alone.reason));
      }
    } catch (const IoError&) {  // the run says so itself, if it needs to read there
    }
  }
}

std::optional<engine::Syncing> check_run(const Options& options) {
  check_space(options);
  const std::optional<engine::Syncing> syncing = tried_syncing(options);
  check_durability(options, syncing);
  return syncing;
}

}  // namespace writebench::cli
