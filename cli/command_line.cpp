#include "cli/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <utility>

#include "cli/commands/ab.hpp"
#include "cli/commands/advise.hpp"
#include "cli/commands/baselines.hpp"
#include "cli/commands/calibrate.hpp"
#include "cli/commands/clean.hpp"
#include "cli/commands/compare.hpp"
#include "cli/commands/complete.hpp"
#include "cli/commands/crash_test.hpp"
#include "cli/commands/explain.hpp"
#include "cli/commands/export.hpp"
#include "cli/commands/help.hpp"
#include "cli/commands/list.hpp"
#include "cli/commands/no_op.hpp"
#include "cli/commands/show.hpp"
#include "cli/commands/trial.hpp"
#include "cli/options/baseline_directory_option.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/external_options.hpp"
#include "cli/options/help.hpp"
#include "cli/options/limits.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/parse_errors.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/print.hpp"
#include "engine/machine/environment.hpp"

namespace writebench::cli {
namespace {

void declare_output(CLI::App& app, Options& options) {
  const char* const output = "Output";
  app.add_option("-o,--out", options.report_path,
                 "the report; '-' is stdout, and then the table goes to stderr; 'none' leaves no report")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("FILE")
      ->group(output);
  app.add_flag("--json", options.json, "the report on stdout too, the table on stderr")->group(output);
  app.add_option("--save-baseline", options.save_baseline, "keep the report under this name too")
      ->check(offers(Offer::Kind::kBaselines))
      ->type_name("NAME")
      ->group(output);
  app.add_option("--baseline", options.baseline,
                 "then compare with the report kept under this name, and exit as 'compare' does")
      ->check(offers(Offer::Kind::kBaselines))
      ->type_name("NAME")
      ->group(output);
  declare_baseline_directory(app, options.baseline_directory, "where baselines are kept", output);
  app.add_flag("--replace-baseline", options.replace_baseline, "--save-baseline may replace an earlier one")
      ->group(output);
  declare_limits(app, options.limits_typed, output);
  app.add_flag("--quiet", options.quiet, "no progress on stderr")->group(output);
  app.add_flag_callback(
         "--dry-run", [&options] { options.command = Options::Command::kDryRun; }, "only say what would be run")
      ->group(output);
  app.add_flag("--keep-files", options.keep_files, "leave the last file of each strategy")->group(output);
}

// "writebench 0.1.0 (a0a6b17c4e12, Release, GNU 12.2.0)"
std::string version_of(const engine::Build& build) {
  std::vector<std::string> how;
  if (!build.commit.empty()) how.push_back(engine::short_commit(build.commit));
  if (!build.type.empty()) how.push_back(build.type);
  how.push_back(build.compiler);
  if (!build.sanitizers.empty()) how.push_back("sanitizers " + build.sanitizers);
  return fmt::format("writebench {} ({})", build.version, fmt::join(how, ", "));
}

// A run, with or without its name.
void declare_run(CLI::App& app, TypedRun& typed, Options& options) {
  declare_work(app, typed, options);
  declare_external(app, typed.external, "How it is written");
  declare_measuring(app, typed);
  declare_trial_options(app, typed, options);
  declare_output(app, options);
}

}  // namespace

struct CommandLine::Declared {
  std::vector<std::string> arguments;
  std::span<const Descriptor> table;
  std::string version = version_of(engine::this_build());
  Options options;
  TypedRun typed;
  CLI::App* run = nullptr;  // the command of that name
  CLI::App app{"Measures ways of writing lines to a file, side by side, and proves that each wrote the right bytes.",
               "writebench"};
};

CommandLine::CommandLine(const std::vector<std::string>& arguments, std::span<const Descriptor> table)
    : declared_(std::make_unique<Declared>()) {
  declared_->arguments = arguments;
  declared_->table = table;
  CLI::App& app = declared_->app;
  Options& options = declared_->options;
  app.formatter(help_formatter());
  app.option_defaults()->always_capture_default();  // help shows the defaults; the subcommands inherit this
  app.set_help_flag("-h,--help", "this text");
  app.set_version_flag("--version", declared_->version, "the version");
  declared_->typed.takes_origin = true;
  declare_run(app, declared_->typed, options);
  app.require_subcommand(0, 1);
  declared_->run = app.add_subcommand("run", "measures strategies: what happens if no command is named");
  declare_run(*declared_->run, declared_->typed, options);
  declare_advise(app, table, arguments, options.action);
  declare_crash_test(app, table, arguments, options.action);
  declare_explain(app, table, arguments, options.action);
  declare_list(app, table, options.action);
  declare_show(app, options.action);
  declare_export(app, options.action);
  declare_compare(app, options.action);
  declare_ab(app, arguments, options.action);
  declare_trial(app, table, arguments, options.action);
  declare_baselines(app, options.action);
  declare_calibrate(app, options.action);
  declare_clean(app, options.action);
  declare_no_op(app, options.action);
  declare_help(app, options.action);
  app.footer(fmt::format("{}\n{}", kQuantities, exit_status_help()));
}

CommandLine::~CommandLine() = default;

const CLI::App& CommandLine::app() const { return declared_->app; }
CLI::App& CommandLine::app() { return declared_->app; }

Options CommandLine::parse() {
  CLI::App& app = declared_->app;
  Options& options = declared_->options;
  TypedRun& typed = declared_->typed;
  if (const auto& words = declared_->arguments; words.size() > 1 && words[1] == kComplete) {
    options.command = Options::Command::kSubcommand;
    options.action = [text = completions(app, declared_->table, {words.begin() + 2, words.end()})] {
      print_document(stdout, text);
      return 0;
    };
    return options;
  }
  try {
    std::vector<std::string> backwards(declared_->arguments.rbegin(), declared_->arguments.rend());
    if (!backwards.empty()) backwards.pop_back();  // the program's name
    app.parse(std::move(backwards));
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    options.command = Options::Command::kPrint;
    options.text = chosen.empty() ? app.help() : chosen.front()->help();
    return options;
  } catch (const CLI::CallForVersion&) {
    options.command = Options::Command::kPrint;
    options.text = declared_->version + "\n";
    return options;
  } catch (const CLI::ParseError& error) {
    explain(app, error);
  }
  refuse_empty_values(app);
  if (options.action) {
    refuse_run_options(app);
    options.command = Options::Command::kSubcommand;
    return options;
  }
  if (declared_->run->parsed()) refuse_run_options(app);
  CLI::App& run = declared_->run->parsed() ? *declared_->run : app;
  apply_files(run, typed);
  parse_work(typed, declared_->table, true, options);
  parse_measuring(typed, options);
  try {
    options.limits = parse_limits(options.limits_typed, options.cells);
  } catch (const UsageError& error) {
    throw with_place(error, typed.from_config);
  }
  if (options.report_path == kStandardOutput) options.json = true;
  const auto typed_without = [&](const char* name, const std::string& other, const char* reason) {
    const bool by_file = typed.from_config.lines.contains(std::string(name).substr(2));
    if (run.count(name) > 0 && other.empty() && !by_file)
      options.notes.push_back(fmt::format("{} has no effect {}", name, reason));
  };
  typed_without("--replace-baseline", options.save_baseline, "without --save-baseline");
  typed_without("--baseline-dir", options.save_baseline + options.baseline, "without --baseline or --save-baseline");
  return options;
}

Options parse_options(int argc, const char* const* argv, std::span<const Descriptor> table) {
  return CommandLine({argv, argv + argc}, table).parse();
}

}  // namespace writebench::cli
