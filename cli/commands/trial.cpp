#include "cli/commands/trial.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

#include "cli/commands/run.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/external_options.hpp"
#include "cli/options/injected_slow_down_option.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/run/program_runner.hpp"
#include "engine/run/run.hpp"
#include "reports/json.hpp"

namespace writebench::cli {
namespace {

struct TypedTrial {
  TypedRun run;
  Options options;
  std::optional<std::string> cell;
  std::optional<std::string> slow_down;
  bool observe = false;
};

void keep_only(Options& options, const std::string& id) {
  const auto& cells = options.cells;
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const engine::Cell& cell) { return cell.id == id; });
  if (found == cells.end()) throw UsageError(fmt::format("--cell '{}' is not a cell of these options", id));
  options.runnables = {options.runnables[static_cast<std::size_t>(found - cells.begin())]};
  options.cells = {engine::Cell(*found)};
}

// Whatever goes wrong is the outcome of the trial: the one who asked goes on with other cells.
void measure(reports::Report& report, const engine::ForkRunner::Setup& setup, const Options& options, bool observe) {
  engine::Cell& cell = report.cells.front();
  try {
    engine::Runners runner(setup, runnables_of(options));
    engine::RunObserver nobody;
    report.complete = engine::run(report.cells, runner, {.plan = options.plan, .observe = observe}, nobody);
  } catch (const std::exception& error) {
    engine::Sample sample;
    sample.outcome = engine::Outcome::kFailed;
    sample.detail = error.what();
    cell.add(std::move(sample));
  }
}

bool answers_fine(const engine::Cell& cell) {
  return cell.status == engine::Outcome::kOk || cell.status == engine::Outcome::kUnavailable;
}

int trial(TypedTrial typed, std::span<const Descriptor> table, const std::vector<std::string>& command_line) {
  Options& options = typed.options;
  parse_work(typed.run, table, false, options);
  const auto slow_down = typed.slow_down ? parse_slow_down("--slow-down", *typed.slow_down, table) : InjectedSlowDown{};
  if (typed.cell) {
    keep_only(options, *typed.cell);
  } else {
    print_notes(options.notes);  // once, and not in front of every trial
  }
  options.plan = {.warm_up_trials = 0,
                  .min_trials = 1,
                  .max_trials = 1,
                  .stall_trials = 0,
                  .max_stall_trials = 0,
                  .seed = options.plan.seed};
  engine::catch_interrupts();
  reports::Report report = begin_report(options, command_line);
  if (!typed.cell) note_trouble_with_library();  // once, likewise
  if (typed.cell) {
    engine::ForkRunner::Setup setup = runner_setup_of(options, report.environment.syncing);
    setup.injected_slow_down = slow_down.of(report.cells.front().strategy.name);
    measure(report, setup, options, typed.observe);
  }
  if (engine::interrupted() != 0) return ended_by(engine::interrupted());
  print_document(stdout, reports::to_json(report));
  return typed.cell && !answers_fine(report.cells.front()) ? status(ExitStatus::kFailed) : status(ExitStatus::kFine);
}

}  // namespace

void declare_trial(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                   std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("trial", "one trial as a report: what 'ab' asks for");
  const auto typed = std::make_shared<TypedTrial>();
  declare_work(*command, typed->run, typed->options);
  declare_external(*command, typed->run.external, "How it is written");
  declare_trial_options(*command, typed->run, typed->options);
  command->add_option("--cell", typed->cell, "of which cell [none: a report without trials]")->type_name("ID");
  command->add_flag("--observe", typed->observe, "time every append");
  command
      ->add_option("--slow-down", typed->slow_down,
                   "hold the trial back by a share of its time, to\ntest what judges it; of one strategy or of all")
      ->type_name("[NAME=]P");
  command->callback([=, &action] {
    apply_files(*command, typed->run);
    action = [=] { return trial(*typed, table, command_line); };
  });
}

}  // namespace writebench::cli
