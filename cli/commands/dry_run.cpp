#include "cli/commands/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <utility>

#include "cli/commands/run_checks.hpp"
#include "cli/options/run_setup.hpp"
#include "cli/text/format_quantity.hpp"
#include "engine/run/estimate.hpp"
#include "engine/run/interrupt.hpp"

namespace writebench::cli {
namespace {

constexpr std::chrono::seconds kProbeTimeout{10};

std::optional<engine::TrialEstimate> estimate_of(const engine::Cell& cell, const engine::Runnable& runnable,
                                                 engine::TrialRunner& runner, std::chrono::nanoseconds share) {
  if (auto reason = unavailable(cell, runnable)) {
    return engine::TrialEstimate{.failed = engine::Outcome::kUnavailable, .detail = *std::move(reason)};
  }
  return engine::estimate_trial(cell, runner, share);
}

void print_estimate(const engine::Cell& cell, const engine::TrialEstimate& estimate) {
  fmt::print("{}  {} lines, {}B", cell.id, cell.parameters.lines, format_number(static_cast<double>(cell.bytes)));
  if (estimate.failed) {
    fmt::print(": {}, {}\n", engine::to_string(*estimate.failed), estimate.detail);
  } else {
    fmt::print(", about {} a trial\n", format_time(static_cast<double>(estimate.time.count())));
  }
  std::fflush(stdout);
}

void print_whole(const engine::Plan& plan, const std::vector<engine::TrialEstimate>& estimates) {
  const engine::RunEstimate most = engine::estimate_run(plan, estimates, false);
  engine::Plan unlimited = plan;
  unlimited.budget.reset();
  const bool by_budget = most.trials < engine::estimate_run(unlimited, estimates, false).trials;
  const char* limit = "";
  if (by_budget) limit = most.time <= *plan.budget ? " (--budget)" : " (beyond --budget: each is run once in any case)";
  fmt::print("about {}{}; {} cells, {} trials", format_duration(most.time), limit, estimates.size(), most.trials);
  const engine::RunEstimate least = engine::estimate_run(plan, estimates, true);
  if (least.trials < most.trials) {
    fmt::print("; at least {}, {} trials, where they agree soon (--precision)", format_duration(least.time),
               least.trials);
  }
  fmt::print("\n");
}

}  // namespace

int dry_run_command(const Options& options) {
  check_run(options);
  engine::catch_interrupts();
  // What the quick cells leave of it is for those after them, and each has as much as a few short trials take.
  constexpr std::chrono::nanoseconds kLeast = std::chrono::milliseconds(20);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  engine::ForkRunner::Setup setup = runner_setup_of(options);
  setup.timeout = std::min<std::chrono::nanoseconds>(setup.timeout, kProbeTimeout);
  setup.keep_files = false;
  engine::ForkRunner runner(setup, runnables_of(options));
  std::vector<engine::TrialEstimate> estimates;
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    const engine::Cell& cell = options.cells[i];
    const auto cells_left = static_cast<std::int64_t>(options.cells.size() - estimates.size());
    const auto share = std::max(kLeast, (end - std::chrono::steady_clock::now()) / cells_left);
    auto estimate = estimate_of(cell, options.runnables[i], runner, share);
    if (!estimate) return 128 + engine::interrupted();
    print_estimate(cell, *estimate);
    estimates.push_back(*std::move(estimate));
  }
  print_whole(options.plan, estimates);
  const bool failed = std::any_of(estimates.begin(), estimates.end(), [](const engine::TrialEstimate& estimate) {
    return estimate.failed && estimate.failed != engine::Outcome::kUnavailable;
  });
  return failed ? 1 : 0;
}

}  // namespace writebench::cli
