#include "cli/commands/measured_in_parts.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>

#include "cli/commands/reporter.hpp"
#include "cli/commands/run.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/text/print.hpp"
#include "engine/process/signals.hpp"
#include "engine/run/fork_runner.hpp"
#include "engine/run/interrupt.hpp"
#include "reports/warnings.hpp"

namespace writebench::cli {
namespace {

class PartsReporter final : public Reporter {
 public:
  PartsReporter(const reports::Report& report, const std::optional<reports::ReportFile>& store, bool quiet)
      : Reporter(report, store, quiet), quiet_(quiet) {}

  // Saves the parts that are done.
  void part_begins(const std::string& what) override {
    save();
    if (!quiet_) print_text(stderr, fmt::format("writebench: {}\n", what));
  }

 private:
  bool quiet_;
};

}  // namespace

int run_in_parts(const MeasuredInParts& parts, const Options& options, const std::optional<reports::ReportFile>& store,
                 reports::Report& report) {
  std::exception_ptr error;
  try {
    PartsReporter reporter(report, store, options.quiet);
    const auto make_runner = [&](const std::vector<engine::Cell>& cells,
                                 const std::vector<engine::Runnable>& runnables) {
      Options part = options;
      part.cells = cells;
      part.runnables = runnables;
      return std::make_unique<engine::ForkRunner>(runner_setup_of(part, report.environment.syncing),
                                                  runnables_of(part));
    };
    const engine::SavedAtExit saved_at_exit([&] { reporter.save(); });
    report.complete = parts.measure(make_runner, reporter);
  } catch (const std::exception&) {
    error = std::current_exception();
  }
  if (report.cells.empty()) {
    if (error) std::rethrow_exception(error);
    return ended_by(engine::interrupted());
  }
  parts.conclude();
  report.warnings = reports::warnings_of(report);
  try {
    if (store) save_at_end(*store, report);
  } catch (const std::exception&) {
    if (!error) error = std::current_exception();
  }
  engine::stop_noting_signals();
  parts.print();
  if (error) std::rethrow_exception(error);
  const char* const whole = report.complete ? "" : " (incomplete)";
  if (store) print_text(parts.people, fmt::format("report: {}{}\n", store->path(), whole));
  if (engine::interrupted() != 0) return ended_by(engine::interrupted());
  return parts.status();
}

}  // namespace writebench::cli
