#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include "engine/run/schedule.hpp"
#include "engine/trial/cell.hpp"
#include "engine/trial/trial_runner.hpp"

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
  Plan plan;
  bool observe = false;  ///< measured trials time every append, which slows them
  Now now = std::chrono::steady_clock::now;
};

/// Measures the cells round by round. Fills in samples and status as it goes, so that at every moment the cells hold
/// what is known, even if a trial throws. The reference, if any, should be the first cell. Returns whether the run is
/// complete: false if a signal (interrupted()) ended it, or its runner gave a trial up.
bool run(std::vector<Cell>& cells, TrialRunner& runner, const RunSetup& setup, RunObserver& observer);

}  // namespace writebench::engine
