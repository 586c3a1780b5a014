#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "crash/death_runner.hpp"
#include "engine/run/fork_runner.hpp"
#include "engine/trial/scratch.hpp"

namespace writebench::crash {

/// Kills the writing process with SIGKILL. Each trial runs in a child process on new files, as ForkRunner runs them.
/// The caller must be single-threaded.
class ProcessDeaths final : public DeathRunner {
 public:
  /// Makes a scratch directory in `directory`; `timeout` is that of one trial. Throws IoError.
  ProcessDeaths(const std::string& directory, std::chrono::nanoseconds timeout,
                engine::ForkRunner::Runnables runnables);

  reports::Death death() const override { return reports::Death::kProcess; }
  std::optional<Ending> run(const engine::CellSpec& cell, std::optional<std::chrono::nanoseconds> after,
                            const engine::TrialRunner::Waiting& waiting) override;

 private:
  std::optional<Ending> run_on(const engine::CellSpec& cell, const engine::TrialFiles& files,
                               std::optional<std::chrono::nanoseconds> after,
                               const engine::TrialRunner::Waiting& waiting) const;

  const std::chrono::nanoseconds timeout_;
  const engine::ForkRunner::Runnables runnables_;
  const engine::Scratch scratch_;
  std::size_t trials_ = 0;
};

}  // namespace writebench::crash
