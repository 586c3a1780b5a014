#include "cli/commands/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "cli/commands/run_checks.hpp"
#include "cli/options/exit_status.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"
#include "engine/run/estimate.hpp"
#include "engine/run/fit_lines.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/run/program_runner.hpp"

namespace writebench::cli {
namespace {

constexpr std::chrono::seconds kProbeTimeout{10};

std::optional<engine::TrialEstimate> estimate_of(const engine::Cell& cell, const engine::Runnable& runnable,
                                                 engine::TrialRunner& runner, std::chrono::nanoseconds share) {
  if (auto reason = engine::unavailable(runnable, cell)) {
    return engine::TrialEstimate{.failed = engine::Outcome::kUnavailable, .detail = *std::move(reason)};
  }
  return engine::estimate_trial(cell, runner, share);
}

// A row for each cell, printed as soon as it is known, so the widths of the columns are fixed beforehand.
class EstimateTable {
 public:
  EstimateTable(const std::vector<engine::Cell>& cells, const Terminal& terminal) : terminal_(terminal) {
    columns_ = {{.title = "cell", .left = true, .cut = true, .worth = Column::kAlways, .fields = {}},
                {.title = "lines", .left = false, .cut = false, .worth = 2, .fields = {}},
                {.title = "bytes", .left = false, .cut = false, .worth = 1, .fields = {}},
                {.title = kTimes, .left = false, .cut = false, .worth = Column::kAlways, .fields = {}}};
    for (const engine::Cell& cell : cells) {
      columns_[0].fields.push_back(printable(cell.id));
      columns_[1].fields.push_back(std::to_string(cell.parameters.lines));
      columns_[2].fields.push_back(format_bytes(static_cast<double>(cell.bytes)));
      columns_[3].fields.push_back("?");
    }
    columns_ = fitted(std::move(columns_), terminal.columns, kColumnGap, terminal.unicode);
    print(title_line(columns_, kColumnGap));
  }

  void print_next(const engine::TrialEstimate& estimate) {
    std::string& time = columns_.back().fields[next_];
    if (!estimate.failed) {
      time = "about " + format_time(static_cast<double>(estimate.time.count()));
      print(row_line(columns_, next_, kColumnGap));
    } else {
      time = "";
      const std::string head = aligned(columns_.front(), columns_.front().fields[next_]) + std::string(kColumnGap, ' ');
      const std::string detail = fmt::format("{}, {}", engine::to_string(*estimate.failed), estimate.detail);
      print(wrapped(head, detail, terminal_.columns));
    }
    ++next_;
  }

 private:
  static constexpr const char* kTimes = "time of a trial";  // wider than any of its fields

  static void print(const std::string& line) {
    print_text(stdout, line + "\n");
    std::fflush(stdout);
  }

  Terminal terminal_;
  std::vector<Column> columns_;
  std::size_t next_ = 0;
};

// The estimates of what will be run: a cell that is too slow for the budget gets a fraction of its lines.
std::vector<engine::TrialEstimate> with_cut_lines(const Options& options, std::vector<engine::TrialEstimate> estimates,
                                                  std::size_t columns) {
  if (!options.fit_lines || !options.plan.budget) return estimates;
  std::vector<engine::Demand> demands;
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    demands.push_back({estimates[i].time, estimates[i].around, options.cells[i].parameters.lines});
  }
  const std::vector<std::uint64_t> divisors = engine::line_divisors(demands, *options.plan.budget);
  for (std::size_t i = 0; i < estimates.size(); ++i) {
    if (divisors[i] == 1) continue;
    const auto divisor = static_cast<std::int64_t>(divisors[i]);
    estimates[i].time /= divisor;
    estimates[i].stall_time /= divisor;
    estimates[i].appends /= divisors[i];
    const std::string text = fmt::format(
        "{} will run on 1/{} of its lines, about {} a trial: all of them are too many for its share of the budget",
        options.cells[i].id, divisor, format_time(static_cast<double>(estimates[i].time.count())));
    print_text(stdout, wrapped("", text, columns) + "\n");
  }
  return estimates;
}

std::string whole_text(const engine::Plan& plan, const std::vector<engine::TrialEstimate>& estimates) {
  const engine::RunEstimate most = engine::estimate_run(plan, estimates, false);
  engine::Plan unlimited = plan;
  unlimited.budget.reset();
  const bool by_budget = most.trials < engine::estimate_run(unlimited, estimates, false).trials;
  const char* limit = "";
  if (by_budget) limit = most.time <= *plan.budget ? " (--budget)" : " (beyond --budget: each is run once in any case)";
  std::string text =
      fmt::format("about {}{}; {} cells, {} trials", format_duration(most.time), limit, estimates.size(), most.trials);
  const engine::RunEstimate least = engine::estimate_run(plan, estimates, true);
  if (least.trials < most.trials) {
    text += fmt::format("; at least {}, {} trials, if they agree soon (--precision)", format_duration(least.time),
                        least.trials);
  }
  return text;
}

}  // namespace

int dry_run_command(const Options& options) {
  const std::optional<engine::Syncing> syncing = check_run(options);
  engine::catch_interrupts();
  // What the quick cells leave of it is for those after them, and each has as much as a few short trials take.
  constexpr std::chrono::nanoseconds kLeast = std::chrono::milliseconds(20);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  engine::ForkRunner::Setup setup = runner_setup_of(options, syncing);
  setup.timeout = std::min<std::chrono::nanoseconds>(setup.timeout, kProbeTimeout);
  setup.keep_files = false;
  engine::Runners runner(setup, runnables_of(options));
  const Terminal terminal = terminal_of(stdout);
  EstimateTable table(options.cells, terminal);
  std::vector<engine::TrialEstimate> estimates;
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    const engine::Cell& cell = options.cells[i];
    const auto cells_left = static_cast<std::int64_t>(options.cells.size() - estimates.size());
    const auto share = std::max(kLeast, (end - std::chrono::steady_clock::now()) / cells_left);
    auto estimate = estimate_of(cell, options.runnables[i], runner, share);
    if (!estimate) return ended_by(engine::interrupted());
    table.print_next(*estimate);
    estimates.push_back(*std::move(estimate));
  }
  estimates = with_cut_lines(options, std::move(estimates), terminal.columns);
  const std::string whole = whole_text(options.plan, estimates) + "; " + space_text(options);
  print_text(stdout, wrapped("", whole, terminal.columns) + "\n");
  const bool failed = std::any_of(estimates.begin(), estimates.end(), [](const engine::TrialEstimate& estimate) {
    return estimate.failed && estimate.failed != engine::Outcome::kUnavailable;
  });
  return status(failed ? ExitStatus::kFailed : ExitStatus::kFine);
}

}  // namespace writebench::cli
