#include "crash/process_deaths.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <utility>
#include <vector>

#include "crash/judge.hpp"
#include "engine/lines/content_prefix.hpp"
#include "engine/trial/ledger.hpp"
#include "engine/trial/trial.hpp"
#include "engine/trial/trial_files.hpp"

namespace writebench::crash {
namespace {

using std::chrono::nanoseconds;

std::uint64_t block_bytes_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blksize) : 0;
}

}  // namespace

ProcessDeaths::ProcessDeaths(const std::string& directory, nanoseconds timeout, engine::ForkRunner::Runnables runnables)
    : timeout_(timeout), runnables_(std::move(runnables)), scratch_(directory) {}

std::optional<Ending> ProcessDeaths::run(const engine::CellSpec& cell, std::optional<nanoseconds> after,
                                         const engine::TrialRunner::Waiting& waiting) {
  const auto writers = static_cast<unsigned>(cell.parameters.value(kWriters));
  try {
    const engine::TrialFiles files(scratch_,
                                   scratch_.file_paths(++trials_, engine::file_count(cell.strategy.contract, writers)));
    const engine::RemovedFiles removed(&files);
    return run_on(cell, files, after, waiting);
  } catch (const std::exception& error) {
    return Ending{.failure = error.what()};
  }
}

std::optional<Ending> ProcessDeaths::run_on(const engine::CellSpec& cell, const engine::TrialFiles& files,
                                            std::optional<nanoseconds> after,
                                            const engine::TrialRunner::Waiting& waiting) const {
  const engine::Runnable& runnable = runnables_.at(cell.id);
  const engine::ContentPrefix content(runnable.content, cell.parameters.lines);
  if (runnable.strategy.lists(kWriters)) content.arrange(cell.parameters.value(kWriters));
  engine::SharedLedger shared(content.lines(), files.paths().size());
  const auto result = engine::run_trial({.strategy = runnable.strategy,
                                         .parameters = cell.parameters,
                                         .workload = cell.workload,
                                         .content = content,
                                         .files = files,
                                         .timeout = timeout_,
                                         .ledger = &shared,
                                         .killed_after = after},
                                        [&](const engine::TrialUnderWay&) { return !waiting || waiting(); });
  if (!result) return std::nullopt;
  Ending ending{.died = result->killed, .file_block_bytes = block_bytes_of(files.paths().front())};
  if (!ending.died && result->sample.outcome != engine::Outcome::kOk) {
    ending.failure = result->sample.detail;
    return ending;
  }
  const engine::Ledger ledger = shared.read();
  if (ledger.overflowed) {
    ending.failure = "it makes too many writes or syncs to be recorded";
    return ending;
  }
  if (ledger.clock_on_ns == 0) {  // something else killed it
    ending.failure = "killed before its clock was on";
    return ending;
  }
  if (!ending.died) ending.running_ns = ledger.clock_off_ns - ledger.clock_on_ns;
  // The kernel ends a process a little after the timer.
  const std::int64_t planned_ns = ending.died ? ledger.clock_on_ns + after->count() : ledger.clock_off_ns;
  ending.loss = judge({.content = content,
                       .contract = cell.strategy.contract,
                       .writers = static_cast<unsigned>(cell.parameters.value(kWriters)),
                       .each_line_durable = cell.parameters.durability.kind == Durability::Kind::kLine,
                       .ledger = ledger,
                       .files = read_files(files.paths()),
                       .at_ns = std::max(planned_ns, ledger.last_ns()),
                       .death = reports::Death::kProcess});
  return ending;
}

}  // namespace writebench::crash
