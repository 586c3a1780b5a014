#include "crash/process_deaths.hpp"

#include <algorithm>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include "crash/judge.hpp"
#include "crash/recorded_trial.hpp"
#include "engine/trial/trial_files.hpp"

namespace writebench::crash {
using std::chrono::nanoseconds;

ProcessDeaths::ProcessDeaths(const std::string& directory, nanoseconds timeout, engine::ForkRunner::Runnables runnables)
    : timeout_(timeout), runnables_(std::move(runnables)), scratch_(directory) {}

std::optional<Ending> ProcessDeaths::run(const engine::CellSpec& cell, std::optional<nanoseconds> after,
                                         const engine::TrialRunner::Waiting& waiting) {
  try {
    const engine::FileCounts counts = engine::file_counts(runnables_.at(cell.id).strategy, cell.parameters);
    const engine::TrialFiles files(scratch_, scratch_.file_paths(++trials_, counts.all()), counts.scratch);
    const engine::RemovedFiles removed(files);
    return run_on(cell, files, after, waiting);
  } catch (const std::exception& error) {
    return Ending{.failure = error.what()};
  }
}

std::optional<Ending> ProcessDeaths::run_on(const engine::CellSpec& cell, const engine::TrialFiles& files,
                                            std::optional<nanoseconds> after,
                                            const engine::TrialRunner::Waiting& waiting) const {
  const auto trial = run_recorded(runnables_.at(cell.id), cell, files, timeout_, after, waiting);
  if (!trial) return std::nullopt;
  Ending ending{.died = trial->died, .failure = trial->failure, .file_block_bytes = trial->file_block_bytes};
  if (!ending.failure.empty()) return ending;
  if (!ending.died) ending.running_ns = trial->running_ns();
  // The kernel ends a process a little after the timer.
  const engine::Ledger& ledger = trial->ledger;
  const std::int64_t planned_ns = ending.died ? ledger.clock_on_ns + after->count() : ledger.clock_off_ns;
  const std::int64_t at_ns = std::max(planned_ns, ledger.last_ns());
  const std::vector<std::string> bytes_of_files = read_files(files.paths());
  ending.loss = judge(trial->evidence(cell, bytes_of_files, at_ns, reports::Death::kProcess));
  return ending;
}

}  // namespace writebench::crash
