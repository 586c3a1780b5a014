#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "engine/trial/cell.hpp"
#include "engine/trial/trial.hpp"

namespace writebench::engine {

/// A request for one trial.
struct TrialRequest {
  const CellSpec& cell;  ///< if it has fewer lines than the cell itself, the first lines are written
  bool observe = false;  ///< time every append, which slows the trial
  bool stages = false;   ///< time the stages of each dispatched write, which slows it a little
  bool wakes = false;    ///< with `stages`: count the calls that wake threads too, which slows it much more
};

/// Runs trials. This is the one interface between the code that schedules, keeps and judges trials and the code that
/// runs them. ForkRunner calls the factory of a cell's strategy in a child process; other runners may need no factory,
/// and know a cell by its id. A runner may also pass each cell on to another runner.
///
/// Who fills in a Sample:
/// - the trial itself (run_trial, or the measured program): outcome and detail, the clocks from settle_ns to
///   durable_ns, the cost, and the pressures of the interference;
/// - the runner: the rest of the interference, the disturbances, the result of verification (which may turn the outcome
///   into incorrect, and sets order_unproven), the percentiles of stalls if the trial observed, injected_slow_down, and
///   always total_ns;
/// - the caller that asked for the trial: round and position.
class TrialRunner {
 public:
  /// Called about ten times a second while a trial runs or is verified; the trial is ended if it returns false.
  using Waiting = std::function<bool()>;

  virtual ~TrialRunner() = default;

  /// Runs one trial of a cell, verifies what it wrote and removes it. No value if `waiting` ended the trial; no files
  /// remain then either. `waiting` may be empty. A failure of the trial, or of what is around it, is its outcome.
  /// Throws only if no further trial can be run either, for example because the scratch directory is gone.
  virtual std::optional<TrialResult> run(const TrialRequest& request, const Waiting& waiting) = 0;
};

/// The clock for scheduling trials. Tests replace it.
using Now = std::function<std::chrono::steady_clock::time_point()>;

}  // namespace writebench::engine
