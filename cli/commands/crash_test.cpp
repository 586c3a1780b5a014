#include "cli/commands/crash_test.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands/run.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/options/sweep.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/crash_text.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "cli/text/progress.hpp"
#include "cli/text/progress_line.hpp"
#include "crash/machine_deaths.hpp"
#include "crash/measure.hpp"
#include "crash/process_deaths.hpp"
#include "engine/process/signals.hpp"
#include "engine/run/fit_lines.hpp"
#include "engine/run/fork_runner.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/trial/trial_files.hpp"
#include "reports/json.hpp"
#include "reports/read/read.hpp"
#include "reports/report_file.hpp"

namespace writebench::cli {
namespace {

constexpr std::uint64_t kUsualDeaths = 50;
constexpr std::uint64_t kMostDeaths = 100'000;
constexpr std::chrono::seconds kUsualTestBudget{45};
// Each file is read into memory, and each line has an entry in the ledger.
constexpr std::uint64_t kMostTestedBytes = std::uint64_t{1} << 30;
constexpr std::uint64_t kMostTestedLines = 5'000'000;

struct TypedCrashTest {
  std::string report;
  TypedRun run;
  Options options;
  std::string deaths = "process";
  std::optional<std::string> kills;
  std::optional<std::string> budget;
};

// Shows how far it is, and keeps the report on disk up to date.
class CrashProgress final : public crash::Observer, public engine::RunObserver {
 public:
  CrashProgress(const reports::Report& report, const std::optional<reports::ReportFile>& store, bool quiet)
      : report_(report), store_(store), line_(stderr, quiet) {}

  void look_begins(const engine::Cell& cell) override {
    text_ = look_text(cell);
    waiting();
  }
  void waiting() override {
    if (line_.due()) line_.show(text_);
  }
  void died(const reports::Deaths& deaths, std::chrono::nanoseconds remaining) override {
    text_ = fmt::format("{}: {} of {} deaths, at most {} left", deaths.cell, deaths.losses.size(),
                        report_.crash_test->deaths,
                        format_duration(std::max<std::chrono::nanoseconds>(remaining, std::chrono::seconds(0))));
    waiting();
  }
  void cell_ended(const reports::Deaths&) override { save(); }

  // What cannot be saved now is tried again at the end.
  void save() const {
    try {
      if (store_) store_->save(reports::to_json(report_), false);
    } catch (const std::runtime_error&) {
    }
  }

 private:
  const reports::Report& report_;
  const std::optional<reports::ReportFile>& store_;
  ProgressLine line_;
  std::string text_ = "whole trials first";
};

void print_test(const reports::Report& report, bool json) {
  std::FILE* const people = json ? stderr : stdout;
  print_text(people, render_crash_test(report, terminal_of(people)));
  if (json) print_document(stdout, reports::to_json(report));
}

int ending(const reports::Report& report, const std::vector<std::string>& asked) {
  if (engine::interrupted() != 0) return ended_by(engine::interrupted());
  const int of_cells = status_of(report, asked);
  if (of_cells != status(ExitStatus::kFine)) return of_cells;
  const auto& cells = report.crash_test->cells;
  return status(std::any_of(cells.begin(), cells.end(), reports::has_failed) ? ExitStatus::kFailed : ExitStatus::kFine);
}

// Shows what was measured before.
int show_again(const std::string& path, bool json) {
  const reports::Report report = reports::read_report(path);
  if (!report.crash_test) {
    throw UsageError(fmt::format("'{}' is not the report of a 'crash-test'; 'writebench show' shows it", path));
  }
  print_test(report, json);
  return status(ExitStatus::kFine);
}

void refuse_options_of_a_test(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (option->count() == 0 || name == "REPORT" || name == "--json" || name == "--quiet") continue;
    throw UsageError(
        fmt::format("{} has no effect on a report, which is shown as it was measured; leave it out", name));
  }
}

// Which deaths.
struct AskedDeaths {
  bool process = false;
  bool machine = false;
};

std::vector<std::string> death_words() {
  return {std::string(to_string(reports::Death::kProcess)), std::string(to_string(reports::Death::kMachine))};
}

AskedDeaths parse_deaths(const std::string& text) {
  AskedDeaths deaths;
  for (const std::string& word : parse_list("--death", text)) {
    (parse_word("--death", word, death_words()) == 0 ? deaths.process : deaths.machine) = true;
  }
  return deaths;
}

// Those that append lines one by one.
std::vector<Descriptor> can_be_tested(std::span<const Descriptor> table, const std::vector<std::string>& typed) {
  std::vector<Descriptor> left;
  for (const Descriptor& entry : table) {
    const bool has_appends = entry.role != Role::kControl && entry.contract.order != Order::kNothing;
    if (has_appends) {
      left.push_back(entry);
    } else if (std::find(typed.begin(), typed.end(), entry.name) != typed.end()) {
      throw UsageError(fmt::format("--strategy '{}' appends no lines that could be lost; name another", entry.name));
    }
  }
  return left;
}

// What cannot be judged.
void check_cells(const Options& options, const AskedDeaths& deaths) {
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    const engine::Cell& cell = options.cells[i];
    if (cell.parameters.lines == 0)
      throw UsageError("crash-test has no line to lose; give some thousands with --lines");
    if (cell.parameters.lines > kMostTestedLines || cell.bytes > kMostTestedBytes) {
      throw UsageError(fmt::format(
          "crash-test keeps every file and the time of every append in memory: {} lines of {} are too many; "
          "give at most {} lines and {} with --lines",
          cell.parameters.lines, format_bytes(static_cast<double>(cell.bytes)), kMostTestedLines,
          format_bytes(static_cast<double>(kMostTestedBytes))));
    }
    if (deaths.machine && cell.bytes > crash::MachineDeaths::kMostBytes) {
      throw UsageError(fmt::format(
          "--death machine keeps a whole disk and everything written to it in memory: {} are too many; give at most {} "
          "with --lines",
          format_bytes(static_cast<double>(cell.bytes)),
          format_bytes(static_cast<double>(crash::MachineDeaths::kMostBytes))));
    }
    if (cell.workload.file_state == engine::FileState::kOverwrite) {
      throw UsageError(
          "--file 'overwrite' cannot be judged after a death: old bytes look like wrong ones; leave it out");
    }
    if (!options.runnables[i].content->lines_are_unique()) {
      throw UsageError(
          "--input has equal lines, and of those nobody can say which one is lost; use --line-size instead");
    }
  }
}

void save_and_print(reports::Report& report, const std::optional<reports::ReportFile>& store, const Options& options,
                    std::exception_ptr error) {
  // The warnings of a run are about times, which a crash test does not show.
  try {
    if (store) save_at_end(*store, report);
  } catch (const std::exception&) {
    if (!error) error = std::current_exception();
  }
  engine::stop_noting_signals();
  print_test(report, options.json);
  if (error) std::rethrow_exception(error);
  std::FILE* const people = options.json ? stderr : stdout;
  const char* const whole = report.complete ? "" : " (incomplete)";
  if (store) print_text(people, fmt::format("report: {}{}\n", store->path(), whole));
}

// The machine's deaths need rights and devices. Everything is tried before anything is measured. Without them there is
// no value, and `why_not` says why.
std::unique_ptr<crash::MachineDeaths> machine_deaths(const Options& options,
                                                     const engine::ForkRunner::Runnables& runnables,
                                                     std::string& why_not) {
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    const engine::Cell& cell = options.cells[i];
    const engine::FileCounts counts = engine::file_counts(options.runnables[i].strategy, cell.parameters);
    bytes = std::max(bytes, counts.scratch > 0 ? 2 * cell.bytes : cell.bytes);
    files = std::max<std::uint64_t>(files, counts.all());
  }
  try {
    return std::make_unique<crash::MachineDeaths>(options.timeout, runnables, options.plan.seed, bytes, files);
  } catch (const std::exception& error) {
    why_not = error.what();
    return nullptr;
  }
}

// Runs each trial in two places, and answers with the slower one.
class SlowerOfTwo final : public engine::TrialRunner {
 public:
  SlowerOfTwo(engine::TrialRunner& first, engine::TrialRunner& second) : first_(first), second_(second) {}

  std::optional<engine::TrialResult> run(const engine::TrialRequest& request, const Waiting& waiting) override {
    auto first = first_.run(request, waiting);
    if (!first || first->sample.outcome != engine::Outcome::kOk) return first;
    auto second = second_.run(request, waiting);
    if (!second || second->sample.outcome != engine::Outcome::kOk) return second;
    return first->sample.total_ns.value_or(0) > second->sample.total_ns.value_or(0) ? std::move(first)
                                                                                    : std::move(second);
  }

 private:
  engine::TrialRunner& first_;
  engine::TrialRunner& second_;
};

// The trials that do not die, in the places where they die: in the directory, and on the disk of the simulated machine.
class WholeTrials {
 public:
  WholeTrials(const Options& options, const reports::Report& report, const engine::ForkRunner::Runnables& runnables,
              bool process, const crash::MachineDeaths* machine) {
    engine::ForkRunner::Setup setup = runner_setup_of(options, report.environment.syncing);
    if (process) here_.emplace(setup, runnables);
    if (machine == nullptr) return;
    disk_ = machine->file_system();
    setup.directory = disk_->path();
    there_.emplace(setup, runnables);
    if (process) slower_.emplace(*here_, *there_);
  }

  engine::TrialRunner& runner() { return here_ ? *here_ : *there_; }

  // Cuts the lines of the cells so far that all deaths should fit. A process's death takes half a trial, on average,
  // and a trial of the machine serves for many cuts. Returns false if a signal ended it.
  bool fit_lines(const crash::Request& request, const Options& options, engine::RunObserver& observer,
                 reports::Report& report) {
    const std::uint64_t parts = (here_ ? request.deaths / 10 : 0) + (there_ ? request.deaths / 20 : 0);
    const auto of_lines = request.budget / static_cast<std::int64_t>(std::max<std::uint64_t>(1, parts));
    engine::TrialRunner& judging = slower_ ? static_cast<engine::TrialRunner&>(*slower_) : runner();
    return engine::fit_lines(report.cells, options.runnables, judging, of_lines, observer);
  }

 private:
  std::optional<engine::ForkRunner> here_;
  std::unique_ptr<crash::LoggedFileSystem> disk_;
  std::optional<engine::ForkRunner> there_;
  std::optional<SlowerOfTwo> slower_;
};

int test_strategies(TypedCrashTest typed, std::span<const Descriptor> table, std::vector<std::string> command_line) {
  Options& options = typed.options;
  const std::vector<Descriptor> testable = can_be_tested(table, typed.run.strategies);
  parse_work(typed.run, testable, false, options);
  print_notes(options.notes);
  const AskedDeaths deaths = parse_deaths(typed.deaths);
  check_cells(options, deaths);
  crash::Request request{.deaths = kUsualDeaths, .budget = kUsualTestBudget, .seed = options.plan.seed};
  if (typed.kills) request.deaths = parse_count("--kills", *typed.kills, {.least = 1, .most = kMostDeaths});
  if (typed.budget) request.budget = parse_time("--budget", *typed.budget);
  options.plan.budget = request.budget;
  if (options.report_path == kStandardOutput) options.json = true;
  const engine::ForkRunner::Runnables runnables = runnables_of(options);
  std::unique_ptr<crash::MachineDeaths> machine;
  std::string why_no_machine;
  if (deaths.machine) machine = machine_deaths(options, runnables, why_no_machine);
  if (!why_no_machine.empty() && !deaths.process) {
    throw UsageError(fmt::format("--death machine is not possible here: {}", why_no_machine));
  }
  const std::optional<reports::ReportFile> store = store_for(options);
  engine::catch_interrupts();
  reports::Report report = begin_report(options, std::move(command_line));

  // Whatever goes wrong from here on, what has been measured is saved and shown first.
  std::exception_ptr error;
  report.crash_test = reports::CrashTest{.deaths = request.deaths};
  if (!why_no_machine.empty()) {
    report.crash_test->unavailable.push_back({reports::Death::kMachine, why_no_machine});
  }
  try {
    WholeTrials trials(options, report, runnables, deaths.process, machine.get());
    std::vector<crash::DeathRunner*> runners;
    std::optional<crash::ProcessDeaths> kills;
    if (deaths.process) runners.push_back(&kills.emplace(options.directory, options.timeout, runnables));
    if (machine) runners.push_back(machine.get());
    CrashProgress progress(report, store, options.quiet);
    const engine::SavedAtExit saved_at_exit([&] { progress.save(); });
    const auto began = request.now();
    if (trials.fit_lines(request, options, progress, report)) {
      request.budget -= std::min<std::chrono::nanoseconds>(request.budget, request.now() - began);
      report.complete = crash::measure(request, runnables, trials.runner(), runners, progress, report);
    }
  } catch (const std::exception&) {
    error = std::current_exception();
  }
  save_and_print(report, store, options, error);
  return ending(report, options.asked);
}

}  // namespace

void declare_crash_test(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                        std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("crash-test", "what is lost if the process or the machine dies");
  const auto typed = std::make_shared<TypedCrashTest>();
  typed->options.report_path = "writebench-crash-test.json";
  command->add_option("REPORT", typed->report, "shows the report of an earlier 'crash-test' again; '-' is stdin")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("");
  declare_work(*command, typed->run, typed->options);
  declare_trial_options(*command, typed->run, typed->options);
  // A trial that a death ends is not prepared as one that is timed.
  for (const char* name : {"--in-process", "--caches", "--prepare-command"}) {
    command->remove_option(command->get_option(name));
  }
  command
      ->add_option("--death", typed->deaths,
                   "what dies: 'process' is killed; 'machine' loses its power (simulated; needs root); or both")
      ->check(offers_list_of(death_words()))
      ->capture_default_str()
      ->type_name("WHAT,..");
  command->add_option("--kills", typed->kills, "deaths of each kind of each strategy, at random moments")
      ->default_str(std::to_string(kUsualDeaths))
      ->type_name("N");
  command->add_option("--budget", typed->budget, "for everything together; a strategy may get fewer kills then")
      ->default_str(typed_time(kUsualTestBudget))
      ->type_name("TIME");
  command->add_option("-o,--out", typed->options.report_path, "the report; '-' is stdout, 'none' leaves no report")
      ->check(offers(Offer::Kind::kReports))
      ->type_name("FILE");
  command->add_flag("--json", typed->options.json, "the report on stdout too, the table on stderr");
  command->add_flag("--quiet", typed->options.quiet, "no progress on stderr");
  command->callback([=, &action] {
    if (!typed->report.empty()) refuse_options_of_a_test(*command);
    apply_files(*command, typed->run);
    action = [=] {
      if (!typed->report.empty()) return show_again(typed->report, typed->options.json);
      return test_strategies(*typed, table, command_line);
    };
  });
}

}  // namespace writebench::cli
