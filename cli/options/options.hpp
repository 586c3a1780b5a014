#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "cli/options/external_options.hpp"
#include "cli/options/option_file.hpp"
#include "engine/run/schedule.hpp"
#include "engine/trial/cell.hpp"
#include "gate/baselines.hpp"
#include "gate/limit.hpp"

namespace writebench::cli {

/// What the command line asks for, parsed and checked.
struct Options {
  enum class Command { kRun, kDryRun, kPrint, kSubcommand };

  Command command = Command::kRun;
  /// kSubcommand: does what was asked for and gives the exit status. Each subcommand has a file of its own in
  /// commands/, which declares its options and sets this.
  std::function<int()> action;
  std::string text;  ///< kPrint: help or version, for stdout

  std::vector<engine::Cell> cells;          ///< the cross product of what was asked for
  std::vector<engine::Runnable> runnables;  ///< how each of them is run, in the same order
  Programs programs;                        ///< the external ones, which the runnables point to
  std::vector<std::string> asked;           ///< the names of the strategies, without the controls that are added
  std::vector<std::string> notes;           ///< on what was typed and has no effect
  OptionFile from_config;                   ///< what the file of --config has set
  std::string lines_typed;                  ///< --lines as the user wrote it; empty if they did not
  std::string directory = ".";
  engine::Plan plan;
  bool fit_lines = false;  ///< cells that are too slow for the plan's budget run on a fraction of their lines
  std::chrono::nanoseconds timeout{std::chrono::minutes(5)};
  std::string prepare_command;                         ///< that sh runs before each trial; empty: none
  std::string report_path = "writebench-report.json";  ///< or "-" for stdout, "none" for no file
  std::string save_baseline;                           ///< empty: none
  std::string baseline;                                ///< likewise
  std::string baseline_directory = gate::kBaselineDirectory;
  bool replace_baseline = false;
  std::vector<std::string> limits_typed;
  std::vector<gate::Limit> limits;
  bool json = false;
  bool quiet = false;
  bool keep_files = false;
  bool in_process = false;
};

}  // namespace writebench::cli
