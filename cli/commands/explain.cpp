#include "cli/commands/explain.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "cli/commands/measured_in_parts.hpp"
#include "cli/commands/run.hpp"
#include "cli/options/did_you_mean.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/explanation_text.hpp"
#include "cli/text/findings.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "engine/lines/input_file.hpp"
#include "engine/machine/affinity.hpp"
#include "engine/machine/environment.hpp"
#include "engine/process/signals.hpp"
#include "engine/run/interrupt.hpp"
#include "explain/conclude.hpp"
#include "explain/measure.hpp"
#include "reports/json.hpp"
#include "reports/read/read.hpp"
#include "reports/report_file.hpp"

namespace writebench::cli {
namespace {

constexpr std::chrono::seconds kUsualBudget{45};
constexpr std::chrono::seconds kLeastBudget{5};

struct TypedExplain {
  std::string subject = "naive-async";
  TypedRun run;
  Options options;
  std::optional<std::string> budget;
};

void print(const reports::Report& report, bool json) {
  std::FILE* const people = json ? stderr : stdout;
  print_text(people, render_explanation(report, terminal_of(people)));
  if (json) print_document(stdout, reports::to_json(report));
}

// Explains what was measured before.
int explain_again(const std::string& path, bool json) {
  reports::Report report = reports::read_report(path);
  if (!report.explanation) {
    print_text(stdout, what_a_run_tells(report, path, terminal_of(stdout).columns));
    return status(ExitStatus::kFine);
  }
  try {
    explain::conclude(report);
  } catch (const std::runtime_error& error) {
    throw reports::BadReport(fmt::format("'{}' cannot be relied on: {}; measure again", path, error.what()));
  }
  report.explanation->findings = findings_of(report);
  print(report, json);
  return status(ExitStatus::kFine);
}

const Descriptor* strategy_named(const std::string& name, std::span<const Descriptor> table) {
  const auto found =
      std::find_if(table.begin(), table.end(), [&](const Descriptor& entry) { return entry.name == name; });
  return found == table.end() ? nullptr : &*found;
}

// A report is explained as it was measured: what says how to measure would change nothing.
void refuse_options_of_a_measurement(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "SUBJECT" || name == "--json" || name == "--quiet") continue;
    throw UsageError(fmt::format("{} has no effect on a report, which is explained without measuring; leave it out",
                                 option->get_name()));
  }
}

bool is_a_file(const std::string& text) {
  return text == engine::kStandardInput || text.ends_with(".json") || text.find('/') != text.npos;
}

void check_subject(const std::string& name, std::span<const Descriptor> table) {
  const Descriptor* const found = strategy_named(name, table);
  if (found == nullptr) {
    std::vector<std::string> names;
    for (const Descriptor& entry : table) {
      if (entry.role == Role::kStrategy) names.push_back(entry.name);
    }
    const std::string advice = did_you_mean(name, names);
    throw UsageError(fmt::format("'{}' is neither a strategy nor a report{}", name,
                                 advice.empty() ? "; 'writebench list' shows the strategies" : advice));
  }
  if (found->role != Role::kStrategy) {
    throw UsageError(fmt::format("'{}' is no way of writing but {}; explain a strategy, such as naive-async", name,
                                 found->role == Role::kControl ? "a control" : "part of explanations"));
  }
}

// What an explanation measures beside its subject. A program outside the tree may have other strategies.
void check_table(std::span<const Descriptor> table) {
  for (const char* needed : {"null", "sync", "sync-buffered", "buffered", "double-buffered", "naive-async"}) {
    if (strategy_named(needed, table) == nullptr) {
      throw UsageError(fmt::format("explain needs the strategy '{}', which this program does not have", needed));
    }
  }
}

// Each value alone, or each of several: an explanation is of one cell.
engine::Cell the_cell(const Options& options) {
  if (options.cells.size() == 1) return options.cells.front();
  throw UsageError(
      fmt::format("explain takes one value of each option, but these give {} combinations, such as '{}' and "
                  "'{}'; leave one of each",
                  options.cells.size(), options.cells[0].id, options.cells[1].id));
}

// The numbers of pool threads that are compared.
std::vector<std::uint64_t> thread_counts(const engine::Cell& subject) {
  std::set<std::uint64_t> counts{1, 2, engine::available_cpus()};
  counts.insert(subject.parameters.value(kThreads));
  return {counts.begin(), counts.end()};
}

// All processors, one, and two if there are more.
std::vector<std::string> cpu_sets(const engine::Cell& subject) {
  if (subject.parameters.find("cpus") != nullptr || engine::available_cpus() < 2) return {};
  const cpu_set_t allowed = *engine::parse_cpus(engine::allowed_cpus());
  std::vector<std::string> first;
  for (unsigned cpu = 0; cpu < CPU_SETSIZE && first.size() < 2; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) first.push_back(std::to_string(cpu));
  }
  std::vector<std::string> sets{std::string(engine::kAllCpus), first[0]};
  if (engine::available_cpus() > 2) sets.push_back(first[0] + "+" + first[1]);
  return sets;
}

explain::Request request_of(const Options& options, const reports::Report& report, std::span<const Descriptor> table,
                            std::chrono::nanoseconds budget) {
  engine::Cell subject = the_cell(options);
  explain::Request request{.subject = subject,
                           .content = options.runnables.front().content,
                           .table = table,
                           .budget = budget,
                           .seed = options.plan.seed,
                           .rate = std::nullopt,
                           .burst_lines = 1,
                           .syncing = report.environment.syncing,
                           .cpus = cpu_sets(subject),
                           .threads = thread_counts(subject)};
  // Only the part at a pace has one.
  const engine::Pace pace = std::exchange(request.subject.workload.pace, {});
  if (pace.lines_per_second > 0) {
    request.rate = pace.lines_per_second;
    request.burst_lines = pace.burst_lines;
  }
  return request;
}

int explain_strategy(TypedExplain typed, std::span<const Descriptor> table, std::vector<std::string> command_line) {
  Options& options = typed.options;
  typed.run.strategies = {typed.subject};
  parse_work(typed.run, table, false, options);
  print_notes(options.notes);
  if (the_cell(options).parameters.lines == 0) {
    throw UsageError("explain has no line to explain; give some thousands with --lines");
  }
  const auto budget = typed.budget ? parse_time("--budget", *typed.budget) : std::chrono::nanoseconds(kUsualBudget);
  if (budget < kLeastBudget) {
    throw UsageError(fmt::format("--budget '{}' is too short to explain anything; give at least {}", *typed.budget,
                                 typed_time(kLeastBudget)));
  }
  if (options.report_path == kStandardOutput) options.json = true;
  const std::optional<reports::ReportFile> store = store_for(options);
  engine::catch_interrupts();
  options.plan.budget = budget;
  reports::Report report = begin_report(options, std::move(command_line));
  if (report.cells.front().status == engine::Outcome::kUnavailable) {
    throw UsageError(fmt::format("'{}' {}; explain another", typed.subject, report.cells.front().status_detail));
  }
  report.cells.clear();
  note_trouble_with_library();
  if (!options.quiet) {
    print_text(stderr, fmt::format("writebench: takes {} apart in '{}', for about {}\n", typed.subject,
                                   options.directory, format_duration(budget)));
  }

  const explain::Request request = request_of(options, report, table, budget);
  return run_in_parts({.measure =
                           [&](const engine::MakeRunner& make_runner, engine::RunObserver& observer) {
                             return explain::measure(request, make_runner, observer, report);
                           },
                       .conclude =
                           [&] {
                             explain::conclude(report);
                             report.explanation->findings = findings_of(report);
                           },
                       .print = [&] { print(report, options.json); },
                       .people = options.json ? stderr : stdout,
                       .status = [&] { return status_of(report, options.asked); }},
                      options, store, report);
}

}  // namespace

void declare_explain(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                     std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("explain", "why a strategy costs what it costs, here, in numbers");
  const auto typed = std::make_shared<TypedExplain>();
  typed->options.report_path = "writebench-explanation.json";
  command->add_option("SUBJECT", typed->subject, "a strategy, or the report of an earlier 'explain'; '-' is stdin")
      ->check(offers(Offer::Kind::kSubjects))
      ->type_name("");
  declare_work(*command, typed->run, typed->options);
  for (const char* name : {"--strategy", "--suite", "--think"}) command->remove_option(command->get_option(name));
  declare_trial_options(*command, typed->run, typed->options);
  command->add_option("--budget", typed->budget, "for everything together")
      ->default_str(typed_time(kUsualBudget))
      ->type_name("TIME");
  command->add_option("-o,--out", typed->options.report_path, "the report; '-' is stdout, 'none' leaves no report")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("FILE");
  command->add_flag("--json", typed->options.json, "the report on stdout too, the page on stderr");
  command->add_flag("--quiet", typed->options.quiet, "no progress on stderr");
  command->callback([=, &action] {
    if (is_a_file(typed->subject)) refuse_options_of_a_measurement(*command);
    apply_files(*command, typed->run);
    action = [=] {
      if (is_a_file(typed->subject)) return explain_again(typed->subject, typed->options.json);
      check_subject(typed->subject, table);
      check_table(table);
      return explain_strategy(*typed, table, command_line);
    };
  });
}

}  // namespace writebench::cli
