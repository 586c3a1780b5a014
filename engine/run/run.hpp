#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "engine/run/schedule.hpp"
#include "engine/trial/cell.hpp"

namespace writebench::engine {

/// Hears of a run as it goes. Called from the thread that runs it.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// About to run a trial; `remaining` is what the rest of the run will take by what is known so far.
  virtual void trial_begins(const Cell&, Round::Kind, std::chrono::nanoseconds /*remaining*/) {}
  /// About ten times a second while a trial runs or is verified.
  virtual void waiting() {}
  /// Of whatever kind; only those of a measuring round become samples of the cell.
  virtual void trial_ended(const Cell&, const Sample&) {}
  virtual void round_ended() {}
};

/// What is the same for all cells of a run.
struct RunSetup {
  std::string directory;  ///< where the scratch directory is made
  Plan plan;
  std::chrono::nanoseconds timeout;  ///< of one trial
  bool in_process = false;           ///< trials without a child process
  bool observe = false;              ///< measured trials time every append, which slows them
  double injected_slow_down = 0;     ///< share by which every trial is held back on purpose
  bool keep_files = false;           ///< leave the last file of each cell
};

struct RunResult {
  bool complete = false;       ///< false where a signal ended the run early (interrupted())
  std::string kept_directory;  ///< where the files are, with keep_files
};

/// Measures the cells round by round: trial, verification, sample, next. `runnables` says how each is run, in the same
/// order. Fills in samples and status as it goes, so that at every moment the cells hold what is known. The reference,
/// if any, should be the first cell. Throws IoError if the directory cannot be written.
RunResult run(std::vector<Cell>& cells, const std::vector<Runnable>& runnables, const RunSetup& setup,
              RunObserver& observer);

}  // namespace writebench::engine
