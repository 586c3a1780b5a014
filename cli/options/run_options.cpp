#include "cli/options/run_options.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "cli/options/grid.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/origin_programs.hpp"
#include "cli/options/parse_errors.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/selection.hpp"
#include "cli/options/suites.hpp"
#include "cli/options/sweep.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/format_quantity.hpp"
#include "engine/machine/affinity.hpp"
#include "engine/machine/room.hpp"

namespace writebench::cli {
namespace {

constexpr const char* kHow = "How much is measured";
constexpr std::chrono::seconds kOriginBudget{
    150};  // usual for a run with programs of the origin case, some of them slow

std::vector<std::string> suite_names() {
  std::vector<std::string> names;
  for (const Suite& suite : suites()) names.emplace_back(suite.name);
  return names;
}

std::string suite_help() {
  return fmt::format("options that ship with the program: {}", fmt::join(suite_names(), ", "));
}

Axis cpus_axis(const std::string& text) {
  const auto allowed = *engine::parse_cpus(engine::allowed_cpus());
  Axis axis{.name = "cpus", .values = {}, .used = {}};
  for (const std::string& part : parse_list("--cpus", text)) {
    if (part != engine::kAllCpus) {
      const auto wanted = engine::parse_cpus(part);
      if (!wanted) {
        throw UsageError(fmt::format("--cpus '{}' is not a list of processors; write all, 0, 0-1 or 0+2-3", part));
      }
      cpu_set_t usable;
      CPU_AND(&usable, &*wanted, &allowed);
      if (!CPU_EQUAL(&usable, &*wanted)) {
        throw UsageError(fmt::format("--cpus '{}' has processors that this process may not use; it may use {}", part,
                                     engine::allowed_cpus()));
      }
    }
    axis.values.push_back({part, [part](engine::CellSpec& cell) { cell.parameters.set(engine::cpus_value(part)); }});
  }
  return axis;
}

void check_directory(const std::string& directory) {
  const auto refuse = [&](std::string_view reason) {
    throw UsageError(fmt::format("--dir '{}' {}", directory, reason));
  };
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    refuse(errno == ENOENT ? "does not exist; create it or name another"
                           : fmt::format("cannot be used: {}; name another", std::strerror(errno)));
  }
  if (!S_ISDIR(status.st_mode)) refuse("is not a directory; name one");
  if (::access(directory.c_str(), W_OK | X_OK) != 0) {
    refuse(fmt::format("cannot be written: {}; name another", std::strerror(errno)));
  }
}

// A block is touched, whole, before it is used: what exceeds memory would be killed, not refused.
void check_memory(const engine::CellSpec& cell, const TypedOptions& typed, std::uint64_t memory_bytes) {
  if (cell.parameters.find(kBufferSize.name) == nullptr) return;
  const OptionValue* const writers = cell.parameters.find(kWriters.name);  // some have a block for each
  const std::uint64_t blocks =
      std::max<std::uint64_t>({2, cell.parameters.value(kThreads), writers != nullptr ? writers->number : 0});
  const std::uint64_t most = memory_bytes / 2 / blocks;
  const std::uint64_t bytes = cell.parameters.value(kBufferSize);
  if (bytes > most) {
    const auto at = std::find(kSharedOptions.begin(), kSharedOptions.end(), &kBufferSize) - kSharedOptions.begin();
    const std::string text = typed.shared[static_cast<std::size_t>(at)].value_or(size_text(bytes));
    throw UsageError(
        fmt::format("--buffer-size '{}' is too large; at most {} (half of memory, for {} blocks)", text, most, blocks));
  }
}

// Names the options that were typed, rather than set by a file.
void add_notes(const TypedRun& typed, const std::vector<WithoutEffect>& options_without_effect, Options& options) {
  for (const WithoutEffect& option : options_without_effect) {
    if (typed.from_config.lines.contains(option.name) || typed.from_suite.lines.contains(option.name)) continue;
    options.notes.push_back(fmt::format("--{} has no effect {}", option.name, option.reason));
  }
}

bool asks_for_syncs(const engine::Cell& cell) { return cell.parameters.durability.kind != Durability::Kind::kNone; }

// Where --sync-call was typed and changes nothing.
std::vector<WithoutEffect> sync_call_without_effect(const TypedRun& typed, std::span<const Descriptor> strategies,
                                                    const std::vector<engine::Cell>& cells) {
  const std::string name(kSyncCall.name);
  if (typed.workload.sync_call == TypedWorkload().sync_call) return {};
  if (std::none_of(cells.begin(), cells.end(), asks_for_syncs))
    return {{name, "without a --durability that asks for syncing"}};
  std::string others;
  std::size_t count = 0;
  for (const Descriptor& strategy : strategies) {
    if (strategy.takes_sync_call()) continue;
    others += (others.empty() ? "" : ", ") + strategy.name;
    ++count;
  }
  if (count == 0) return {};
  return {{name, fmt::format("on {}, which {}", others,
                             count == 1 ? "syncs in a way of its own" : "sync in ways of their own")}};
}

}  // namespace

void declare_work(CLI::App& app, TypedRun& typed, Options& options) {
  const char* const how_written = "How it is written";
  app.add_option("-s,--strategy", typed.strategies,
                 "names, globs, families or 'all', by commas; ^NAME takes out; a name twice is a twin")
      ->delimiter(',')
      ->check(offers({.kind = Offer::Kind::kStrategies, .list = true}))
      ->type_name("NAME,..")
      ->group(how_written);
  const char* const what = "What is written";
  declare_workload(app, typed.workload, what);
  app.add_option("-d,--dir", options.directory, "where the files are written and removed again")
      ->check(offers(Offer::Kind::kDirectories))
      ->type_name("DIR")
      ->group(what);

  declare_strategy_options(app, typed.options, how_written);

  app.add_option("--cpus", typed.cpus, "processors that each trial may use: all, 0, 0-1 or 0+2-3 (0, 2 and 3) [all]")
      ->type_name("LIST")
      ->group(how_written);
  app.add_option("--suite", typed.suite, suite_help())
      ->check(offers_words(suite_names()))
      ->type_name("NAME")
      ->group(how_written);
  app.add_option("--config", typed.config, "options from a TOML file; those typed go first")
      ->check(offers(Offer::Kind::kOptionFiles))
      ->type_name("FILE")
      ->group(how_written);
}

void declare_measuring(CLI::App& app, TypedRun& typed) {
  const engine::Plan usual;
  app.add_option("--trials", typed.trials, "this many of each, however long it takes; with --budget at most")
      ->default_str(fmt::format("{} to {}, as precision and budget say", usual.min_trials, usual.max_trials))
      ->type_name("N")
      ->group(kHow);
  app.add_option("--precision", typed.precision, "a strategy is done when the interval of its median is narrower")
      ->default_str(format_share(usual.precision))
      ->type_name("P")
      ->group(kHow);
  app.add_option("--budget", typed.budget,
                 fmt::format("for the whole run; {} from 20 strategies on, {} with 'origin'",
                             typed_time(engine::usual_budget(20)), typed_time(kOriginBudget)))
      ->default_str(typed_time(*usual.budget))
      ->type_name("TIME")
      ->group(kHow);
  app.add_option("--warm-up", typed.warm_up, "trials of each that do not count")
      ->default_str(std::to_string(usual.warm_up_trials))
      ->type_name("N")
      ->group(kHow);
  app.add_option("--stall-trials", typed.stall_trials, "trials of each that time every append; more of short ones")
      ->default_str(std::to_string(usual.stall_trials))
      ->type_name("N")
      ->group(kHow);
}

void declare_trial_options(CLI::App& app, TypedRun& typed, Options& options) {
  app.add_option("--timeout", typed.timeout, "for one trial, until it is killed")
      ->default_str(typed_time(options.timeout))
      ->type_name("TIME")
      ->group(kHow);
  app.add_option("--prepare-command", options.prepare_command, "sh runs it before each trial, outside the clock")
      ->check(offers(Offer::Kind::kPrograms))
      ->type_name("COMMAND")
      ->group(kHow);
  app.add_option("--seed", typed.seed, "of the order within the rounds, and of sizes")
      ->default_str(std::to_string(options.plan.seed))
      ->type_name("S")
      ->group(kHow);
  app.add_flag("--in-process", options.in_process, "no child processes, for debuggers and profilers")->group(kHow);
}

void apply_files(CLI::App& app, TypedRun& typed) {
  if (!typed.config.empty()) typed.from_config = apply_option_file(app, typed.config);
  if (typed.suite.empty()) return;
  std::size_t chosen = 0;
  try {
    chosen = parse_word("--suite", typed.suite, suite_names());
  } catch (const UsageError& error) {
    throw with_place(error, typed.from_config);
  }
  typed.from_suite = apply_option_text(app, std::string(suites()[chosen].text), typed.suite);
}

TypedRun parse_run_options(const std::string& of, const std::vector<std::string>& arguments, Options& options) {
  CLI::App app{"", of};
  TypedRun typed;
  declare_work(app, typed, options);
  declare_trial_options(app, typed, options);
  try {
    app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::ParseError& error) {
    explain(app, error);
  }
  refuse_empty_values(app);
  apply_files(app, typed);
  return typed;
}

void parse_work(const TypedRun& typed, std::span<const Descriptor> table, bool controls, Options& options) try {
  options.from_config = typed.from_config;
  if (options.programs.empty()) options.programs = ask_programs(typed.external, table);
  std::vector<Descriptor> all = with_programs(table, options.programs);
  std::vector<std::string> selectors = typed.strategies;
  const bool wants_origin = std::find(selectors.begin(), selectors.end(), kOriginFamily) != selectors.end();
  if (typed.takes_origin) {
    const std::vector<Descriptor> origin = origin_entries();
    all.insert(all.end(), origin.begin(), origin.end());
    if (wants_origin) selectors = with_counterparts(selectors, table);
  } else if (wants_origin) {
    throw UsageError(
        fmt::format("--strategy '{}' runs programs in other languages, which this command cannot; name "
                    "strategies instead, such as {}",
                    kOriginFamily, fmt::join(with_counterparts({}, table), ",")));
  }
  std::vector<Descriptor> strategies = with_family(select(all, selectors), all, selectors, engine::kProgramFamily);
  for (Descriptor& strategy : strategies) {
    if (strategy.family != kOriginFamily) continue;
    if (auto program = ask_origin_program(strategy)) options.programs.push_back(std::move(program));
  }
  const std::vector<Descriptor> asked = strategies;
  for (const Descriptor& strategy : asked) options.asked.push_back(strategy.name);
  if (controls) strategies = with_controls(std::move(strategies), all, selectors);
  check_shared_options(options.programs, strategies);
  std::vector<Axis> axes = workload_axes(typed.workload);
  std::vector<Axis> of_strategies = option_axes(typed.options, strategies);
  add_notes(typed, without_effect(typed.options, asked, strategies, of_strategies), options);
  for (Axis& axis : of_strategies) axes.push_back(std::move(axis));
  if (typed.cpus) axes.push_back(cpus_axis(*typed.cpus));
  Grid grid = make_grid(strategies, axes);
  options.cells = std::move(grid.cells);
  options.runnables = std::move(grid.runnables);
  add_notes(typed, sync_call_without_effect(typed, strategies, options.cells), options);
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    for (const auto& program : options.programs) {
      if (program->name() != options.cells[i].strategy.name) continue;
      options.runnables[i].program = program;
      options.cells[i].strategy.command = program->command();
    }
  }
  const std::uint64_t memory_bytes = engine::memory_of_process_bytes();
  for (const engine::Cell& cell : options.cells) check_memory(cell, typed.options, memory_bytes);
  if (std::all_of(options.cells.begin(), options.cells.end(),
                  [](const engine::Cell& cell) { return cell.workload.pace.lines_per_second == 0; })) {
    if (typed.workload.burst != TypedWorkload().burst) {
      add_notes(typed, {{"burst", "without --rate, which says how often lines are due"}}, options);
    }
  }
  options.lines_typed = typed.workload.lines.value_or("");
  if (typed.seed) options.plan.seed = parse_count("--seed", *typed.seed);
  if (typed.timeout) options.timeout = parse_time("--timeout", *typed.timeout);
  if (options.timeout.count() == 0) {
    throw UsageError("--timeout '" + *typed.timeout + "' must be above 0; for example 5min");
  }
  check_directory(options.directory);
  add_contents(options.cells, options.runnables, typed.workload, options.plan.seed);
} catch (const UsageError& error) {
  throw with_place(error, typed.from_config);
}

void parse_measuring(const TypedRun& typed, Options& options) try {
  if (typed.trials) {
    options.plan.max_trials = parse_count("--trials", *typed.trials, {.least = 1, .most = 1'000'000});
    options.plan.min_trials = options.plan.max_trials;
    options.plan.budget.reset();
  } else {
    const bool other_languages = std::any_of(options.cells.begin(), options.cells.end(), [](const engine::Cell& cell) {
      return cell.strategy.family == kOriginFamily;
    });
    options.plan.budget = other_languages ? kOriginBudget : engine::usual_budget(options.cells.size());
    options.fit_lines = true;
  }
  if (typed.budget) options.plan.budget = parse_time("--budget", *typed.budget);
  if (options.plan.budget == std::chrono::nanoseconds(0)) options.fit_lines = false;  // each cell runs once
  if (typed.precision) options.plan.precision = parse_share("--precision", *typed.precision);
  if (typed.warm_up) options.plan.warm_up_trials = parse_count("--warm-up", *typed.warm_up, {.least = 0, .most = 1000});
  if (typed.stall_trials) {
    options.plan.stall_trials = parse_count("--stall-trials", *typed.stall_trials, {.least = 0, .most = 1000});
    options.plan.max_stall_trials = options.plan.stall_trials;
  }
  if (typed.precision && typed.trials) {
    add_notes(typed, {{"precision", "with --trials, which says how many there are"}}, options);
  }
} catch (const UsageError& error) {
  throw with_place(error, typed.from_config);
}

}  // namespace writebench::cli
