#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/trial/cell.hpp"
#include "engine/trial/trial_runner.hpp"
#include "reports/crash_test.hpp"

namespace writebench::crash {

/// How a trial that was to die has ended.
struct Ending {
  bool died = false;            ///< at the moment that was asked for; else it ended before, or was to live
  bool new_trial = true;        ///< a trial ran for it; else it is another death in one that ran before
  std::string failure = {};     ///< why it says nothing: it failed by itself, or its files cannot be read; else empty
  std::int64_t running_ns = 0;  ///< of a trial that came to its end: from clock on until it can die no more
  std::uint64_t file_block_bytes = 0;  ///< st_blksize of its files
  reports::Loss loss = {};             ///< what its death, or its regular end, took
};

/// Runs trials that die. This is the interface between the code that chooses moments and keeps losses and the code that
/// brings deaths about.
class DeathRunner {
 public:
  virtual ~DeathRunner() = default;

  virtual reports::Death death() const = 0;

  /// Runs one trial of a cell that dies so long after clock on, or that comes to its end if `after` has no value.
  /// Judges its files and removes them. A death that leaves no trace in the trial may also be one in a trial of that
  /// cell that ran before (Ending::new_trial). No value if `waiting` ended it; no files remain then either. Whatever
  /// goes wrong is a failure of that trial.
  virtual std::optional<Ending> run(const engine::CellSpec& cell, std::optional<std::chrono::nanoseconds> after,
                                    const engine::TrialRunner::Waiting& waiting) = 0;
};

}  // namespace writebench::crash
