#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "engine/trial/cell.hpp"
#include "engine/trial/trial.hpp"

namespace writebench::engine {

/// What is asked of one trial.
struct TrialRequest {
  const CellSpec& cell;  ///< with fewer lines than the cell itself has, its first lines are written
  bool observe = false;  ///< time every append, which slows the trial
};

/// Runs trials: the one seam between what schedules, keeps and judges them and what runs them. ForkRunner calls the
/// factory of a cell's strategy in a child process; other runners may need no factory, and know a cell by its id. A
/// runner that hands each cell on to another runner is a runner too.
///
/// Who fills in a Sample:
/// - the trial itself (run_trial, or the program that is measured): outcome and detail, the clocks from settle_ns to
///   durable_ns, the cost, and the pressures of the interference;
/// - the runner: the rest of the interference, the disturbances, what verification says (it may turn the outcome into
///   incorrect, and sets order_unproven), stall_p99_ns if the trial observed, injected_slow_down, and total_ns, always;
/// - whoever asked for the trial: round and position.
class TrialRunner {
 public:
  /// Called about ten times a second while a trial runs or is verified; the trial is ended if it returns false.
  using Waiting = std::function<bool()>;

  virtual ~TrialRunner() = default;

  /// Runs one trial of a cell, verifies what it wrote and removes it. No value if `waiting` ended the trial; it leaves
  /// nothing behind then either. `waiting` may be empty. What is wrong with the trial is its outcome; throws if no
  /// trial can be run at all, such as IoError if the scratch directory cannot be written.
  virtual std::optional<TrialResult> run(const TrialRequest& request, const Waiting& waiting) = 0;
};

/// The clock of what schedules trials. Tests put one of their own in its place.
using Now = std::function<std::chrono::steady_clock::time_point()>;

}  // namespace writebench::engine
