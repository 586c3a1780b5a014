#include "cli/commands/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "cli/commands/reporter.hpp"
#include "cli/commands/run_baselines.hpp"
#include "cli/commands/run_checks.hpp"
#include "cli/commands/run_limits.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/output_file.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/notes.hpp"
#include "cli/text/print.hpp"
#include "cli/text/table.hpp"
#include "engine/machine/running_clock.hpp"
#include "engine/process/signals.hpp"
#include "engine/program/program_trial.hpp"
#include "engine/run/fit_lines.hpp"
#include "engine/run/google_benchmark_round.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/run/program_runner.hpp"
#include "engine/run/run.hpp"
#include "engine/trial/trial.hpp"
#include "reports/iso_time.hpp"
#include "reports/json.hpp"
#include "reports/report_file.hpp"
#include "reports/warnings.hpp"

namespace writebench::cli {
namespace {

class RunReporter final : public Reporter {
 public:
  using Reporter::Reporter;

  // Not after each of many short rounds: to save a large report would take longer than they do.
  void round_ended() override {
    if (std::chrono::steady_clock::now() - saved_ < std::chrono::milliseconds(500)) return;
    save();
    saved_ = std::chrono::steady_clock::now();
  }

 private:
  std::chrono::steady_clock::time_point saved_{};
};

void print(const reports::Report& report, const Options& options) {
  std::FILE* const people = options.json ? stderr : stdout;
  print_text(people, fmt::format("\n{}\n", render_table(report, terminal_of(people))));
  if (options.json) print_document(stdout, reports::to_json(report));
}

// Measures the cells of the report. Returns whether the run came to its regular end.
bool measure(reports::Report& report, const Options& options, engine::TrialRunner& runner, RunReporter& reporter) {
  engine::Plan plan = options.plan;
  if (options.fit_lines && plan.budget) {
    const auto began = engine::running_now();
    if (!engine::fit_lines(report.cells, options.runnables, runner, *plan.budget, reporter)) return false;
    *plan.budget -= std::min<std::chrono::nanoseconds>(*plan.budget, engine::running_now() - began);
  }
  return engine::run(report.cells, runner, {.plan = plan}, reporter);
}

// Says where they are, and which is which.
std::string keep_files(engine::Runners& runners) {
  std::string text;
  for (const engine::Runners::Kept& kept : runners.keep()) {
    text += fmt::format("files: {}\n", kept.directory);
    for (const auto& file : kept.files) text += fmt::format("  {}  {}\n", file.name, file.cell_id);
  }
  return text;
}

}  // namespace

std::optional<reports::ReportFile> store_for(const Options& options) {
  if (options.report_path == kStandardOutput || options.report_path == kNoFile) return std::nullopt;
  try {
    return reports::ReportFile(options.report_path);
  } catch (const std::runtime_error& error) {
    throw UsageError(std::string("--out ") + error.what());
  }
}

reports::Report begin_report(const Options& options, std::vector<std::string> command_line) {
  engine::trouble_with_google_benchmark();  // found out while there is no scratch directory
  remove_leftovers(options);
  const std::optional<engine::Syncing> syncing = check_run(options);
  reports::Report report;
  report.started_at = reports::now_as_iso_text();
  report.command_line = std::move(command_line);
  report.plan = options.plan;
  report.build = engine::this_build();
  report.environment = engine::read_environment(options.directory);
  report.environment.syncing = syncing;
  report.clock_read_ns = engine::clock_read_ns();
  report.cells = options.cells;
  if (!options.programs.empty()) report.protocol_ns = engine::protocol_cost_ns({"/proc/self/exe", "no-op"});
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    engine::Cell& cell = report.cells[i];
    if (auto reason = engine::unavailable(options.runnables[i], cell)) {
      cell.status = engine::Outcome::kUnavailable;
      cell.status_detail = *std::move(reason);
    }
  }
  return report;
}

void save_at_end(const reports::ReportFile& store, const reports::Report& report) {
  const engine::SavingResults saving;
  try {
    store.save(reports::to_json(report), true);
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(std::string("--out ") + error.what());
  }
}

void note_trouble_with_library() {
  const std::string& trouble = engine::trouble_with_google_benchmark();
  if (!trouble.empty()) print_notes({"the rounds run without Google Benchmark, which here " + trouble});
}

int run_command(const Options& options, std::vector<std::string> command_line) {
  const std::optional<reports::ReportFile> store = store_for(options);
  const RunBaselines baselines(options);
  engine::catch_interrupts();
  reports::Report report = begin_report(options, std::move(command_line));
  note_trouble_with_library();

  // Whatever goes wrong from here on, what has been measured is saved and shown first.
  std::exception_ptr error;
  std::string kept_files;
  try {
    engine::Runners runner(runner_setup_of(options, report.environment.syncing), runnables_of(options));
    try {
      RunReporter reporter(report, store, options.quiet);
      const engine::SavedAtExit saved_at_exit([&] { reporter.save(); });
      report.complete = measure(report, options, runner, reporter);
      // Before the files are removed, which may take longer than a signal leaves.
      if (engine::interrupted() != 0) reporter.save();
    } catch (const std::exception&) {
      error = std::current_exception();
    }
    if (options.keep_files) kept_files = keep_files(runner);
  } catch (const std::exception&) {
    if (!error) error = std::current_exception();
  }
  report.warnings = reports::warnings_of(report);
  try {
    if (store) save_at_end(*store, report);
  } catch (const std::exception&) {
    if (!error) error = std::current_exception();
  }
  engine::stop_noting_signals();
  print(report, options);
  std::FILE* const people = options.json ? stderr : stdout;
  print_text(people, kept_files);
  if (error) std::rethrow_exception(error);
  const char* const whole = report.complete ? "" : " (incomplete)";
  if (store) print_text(people, fmt::format("report: {}{}\n", store->path(), whole));
  if (engine::interrupted() != 0) return ended_by(engine::interrupted());
  if (!measured_something(report, options.asked)) {
    print_text(
        stderr,
        "writebench: nothing was measured: each strategy that was asked for failed, or is unavailable with these "
        "options\n");
  }
  const int ended_with = status_of(report, options.asked);
  if (ended_with != status(ExitStatus::kFine)) return ended_with;
  const int against_limits = check_limits(report, options.limits, people);
  const int against_baseline = baselines.finish(report);
  return std::max(against_limits, against_baseline);  // what is slower outweighs what cannot be judged
}

}  // namespace writebench::cli
