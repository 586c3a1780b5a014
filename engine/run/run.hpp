#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/machine/running_clock.hpp"
#include "engine/run/schedule.hpp"
#include "engine/trial/cell.hpp"
#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// Receives the progress of a run. Called from the thread that runs it.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  /// Called before each part of a measurement that has several.
  virtual void part_begins(const std::string& /*what*/) {}
  /// Called before and after each trial on few lines that tells how slow a cell is (fit_lines()); a line took so long,
  /// unless the trial failed.
  virtual void look_begins(const Cell&) {}
  virtual void look_ended(const Cell&, std::optional<double> /*ns_per_line*/) {}
  /// Called before each trial; `remaining` is the expected time of the rest of the run.
  virtual void trial_begins(const Cell&, Round::Kind, std::chrono::nanoseconds /*remaining*/) {}
  /// Called about ten times a second while a trial runs or is verified.
  virtual void waiting() {}
  /// Called after each trial of any kind; only the trials of measuring rounds become samples.
  virtual void trial_ended(const Cell&, const Sample&) {}
  virtual void round_ended() {}
};

/// Makes the runner of these cells, for a measurement of several parts, each of which has cells of its own.
using MakeRunner = std::function<std::unique_ptr<TrialRunner>(const std::vector<Cell>&, const std::vector<Runnable>&)>;

/// The settings that all cells of a run share.
struct RunSetup {
  Plan plan;
  bool observe = false;   ///< measured trials time every append, which slows them down
  Now now = running_now;  ///< read about ten times a second
};

/// Measures the cells round by round. Fills in samples and status as it goes, so the cells are up to date at every
/// moment, even if the runner throws. The reference, if any, should be the first cell. Returns whether the run is
/// complete: false if a signal (interrupted()) ended it, or the runner gave up a trial.
bool run(std::vector<Cell>& cells, TrialRunner& runner, const RunSetup& setup, RunObserver& observer);

}  // namespace writebench::engine
