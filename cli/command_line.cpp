#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>

#include "cli/commands/ab.hpp"
#include "cli/commands/baselines.hpp"
#include "cli/commands/calibrate.hpp"
#include "cli/commands/compare.hpp"
#include "cli/commands/export.hpp"
#include "cli/commands/list.hpp"
#include "cli/commands/show.hpp"
#include "cli/commands/trial.hpp"
#include "cli/options/help.hpp"
#include "cli/options/parse_errors.hpp"
#include "cli/options/run_options.hpp"
#include "engine/machine/environment.hpp"

namespace writebench::cli {
namespace {

void declare_output(CLI::App& app, Options& options) {
  const char* const output = "Output";
  app.add_option("-o,--out", options.report_path, "the report [writebench-report.json]")
      ->type_name("FILE")
      ->group(output);
  app.add_flag("--json", options.json, "the report on stdout too, the table on stderr")->group(output);
  app.add_option("--save-baseline", options.save_baseline, "keep the report under this name too")
      ->type_name("NAME")
      ->group(output);
  app.add_option("--baseline", options.baseline,
                 "then compare with the report kept under this name;\nexit status 3 where something is slower")
      ->type_name("NAME")
      ->group(output);
  app.add_option("--baseline-dir", options.baseline_directory, "where they are kept [writebench-baselines]")
      ->type_name("DIR")
      ->group(output);
  app.add_flag("--replace-baseline", options.replace_baseline, "--save-baseline may replace an earlier one")
      ->group(output);
  app.add_flag_callback(
         "--dry-run", [&options] { options.command = Options::Command::kDryRun; }, "only say what would be run")
      ->group(output);
  app.add_flag("--keep-files", options.keep_files, "leave the last file of each strategy")->group(output);
}

}  // namespace

Options parse_options(int argc, const char* const* argv, std::span<const Descriptor> table) {
  Options options;
  TypedRun typed;
  CLI::App app{"Measures ways of writing lines to a file, side by side, and proves that each wrote the right bytes.",
               "writebench"};
  app.formatter(help_formatter());
  app.set_help_flag("-h,--help", "this text");
  const std::string version = "writebench " + engine::this_build().version;
  app.set_version_flag("--version", version, "the version");
  declare_work(app, typed, options);
  declare_measuring(app, typed);
  declare_trial_options(app, typed, options);
  declare_output(app, options);
  app.require_subcommand(0, 1);
  declare_list(app, table, options.action);
  declare_show(app, options.action);
  declare_export(app, options.action);
  declare_compare(app, options.action);
  declare_ab(app, {argv, argv + argc}, options.action);
  declare_trial(app, table, {argv, argv + argc}, options.action);
  declare_baselines(app, options.action);
  declare_calibrate(app, options.action);
  app.footer(
      "Counts take 500k or 1e6, sizes 64KiB or 1MB, times 250ms or 5s.\n"
      "Exit status: 0 fine, 1 a strategy failed or wrote wrong bytes, 2 usage, 3 slower,\n4 inconclusive, 128+n ended "
      "by signal n.");
  try {
    app.parse(argc, argv);
    apply_suite(app, typed);
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    options.command = Options::Command::kPrint;
    options.text = chosen.empty() ? app.help() : chosen.front()->help();
    return options;
  } catch (const CLI::CallForVersion&) {
    options.command = Options::Command::kPrint;
    options.text = version + "\n";
    return options;
  } catch (const CLI::ParseError& error) {
    explain(app, error);
  }
  if (options.action) {
    refuse_run_options(app);
    options.command = Options::Command::kSubcommand;
    return options;
  }
  parse_work(typed, table, true, options);
  parse_measuring(typed, options);
  return options;
}

}  // namespace writebench::cli
