#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/options/option_axes.hpp"
#include "cli/options/option_file.hpp"
#include "cli/options/options.hpp"
#include "cli/options/workload_options.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// The options of a run as typed: everything is parsed by us, so that every complaint names option, value and remedy.
/// What is not typed keeps the default that Plan and Options have.
struct TypedRun {
  std::vector<std::string> strategies{"all"};
  TypedWorkload workload;
  TypedOptions options;
  std::vector<std::string> external;  ///< NAME=COMMAND each
  bool takes_origin = false;          ///< whether --strategy may choose the programs of the origin case
  std::optional<std::string> cpus;
  std::string suite;
  std::string config;
  OptionFile from_config;  ///< what the file of --config has set
  OptionFile from_suite;   ///< what the suite has set
  std::optional<std::string> trials;
  std::optional<std::string> budget;
  std::optional<std::string> precision;
  std::optional<std::string> warm_up;
  std::optional<std::string> stall_trials;
  std::optional<std::string> timeout;
  std::optional<std::string> seed;
};

/// What is written and how: the cells.
void declare_work(CLI::App& app, TypedRun& typed, Options& options);

/// How a single trial is run.
void declare_trial_options(CLI::App& app, TypedRun& typed, Options& options);

/// How much is measured.
void declare_measuring(CLI::App& app, TypedRun& typed);

/// Fills in what the file of --config and then the suite say, if they were asked for, and the command line does not.
/// Throws UsageError.
void apply_files(CLI::App& app, TypedRun& typed);

/// The options as they follow the ones of another command, which it does not know itself. `of` is its name.
TypedRun parse_run_options(const std::string& of, const std::vector<std::string>& arguments, Options& options);

/// The cells, with the controls that were not taken out if `controls` says so, and how a trial is run. Throws
/// UsageError. Adds notes on options without effect.
void parse_work(const TypedRun& typed, std::span<const Descriptor> table, bool controls, Options& options);

/// The plan. Throws UsageError. Adds notes on options without effect.
void parse_measuring(const TypedRun& typed, Options& options);

}  // namespace writebench::cli
