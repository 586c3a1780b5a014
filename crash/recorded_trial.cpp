#include "crash/recorded_trial.hpp"

#include <sys/stat.h>

#include "engine/trial/trial.hpp"

namespace writebench::crash {
namespace {

std::uint64_t block_bytes_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blksize) : 0;
}

}  // namespace

Evidence RecordedTrial::evidence(const engine::CellSpec& cell, const std::vector<std::string>& bytes_of_files,
                                 std::int64_t at_ns, reports::Death death) const {
  return {.content = content,
          .contract = cell.strategy.contract,
          .writers = cell.parameters.writers(),
          .each_line_durable = cell.parameters.durability.kind == Durability::Kind::kLine,
          .ledger = ledger,
          .files = bytes_of_files,
          .at_ns = at_ns,
          .death = death};
}

std::optional<RecordedTrial> run_recorded(const engine::Runnable& runnable, const engine::CellSpec& cell,
                                          const engine::TrialFiles& files, std::chrono::nanoseconds timeout,
                                          std::optional<std::chrono::nanoseconds> after,
                                          const engine::TrialRunner::Waiting& waiting) {
  RecordedTrial recorded{.content = {runnable.content, cell.parameters.lines}};
  if (runnable.strategy.has_writers()) recorded.content.arrange(cell.parameters.writers());
  engine::SharedLedger shared(recorded.content.lines(), files.paths().size());
  const auto result = engine::run_trial({.strategy = runnable.strategy,
                                         .parameters = cell.parameters,
                                         .workload = cell.workload,
                                         .content = recorded.content,
                                         .files = files,
                                         .timeout = timeout,
                                         .ledger = &shared,
                                         .killed_after = after},
                                        [&](const engine::TrialUnderWay&) { return !waiting || waiting(); });
  if (!result) return std::nullopt;
  recorded.died = result->killed;
  recorded.file_block_bytes = block_bytes_of(files.paths().front());
  if (!recorded.died && result->sample.outcome != engine::Outcome::kOk) {
    recorded.failure = result->sample.detail;
    return recorded;
  }
  recorded.ledger = shared.read();
  if (recorded.ledger.overflowed) recorded.failure = "it makes too many writes or syncs to be recorded";
  // Something else killed it.
  if (recorded.ledger.clock_on_ns == 0) recorded.failure = "killed before its clock was on";
  return recorded;
}

}  // namespace writebench::crash
