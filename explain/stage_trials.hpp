#pragma once

#include <optional>
#include <vector>

#include "engine/trial/cell.hpp"
#include "engine/trial/trial.hpp"
#include "reports/explanation.hpp"

namespace writebench::explain {

/// Trials of one cell: some have timed the stages of its dispatched writes, and one has counted its wake-ups.
class StageTrials {
 public:
  void add(const engine::TrialResult& trial);

  /// A trial that counted the wake-ups: nothing else is taken from it, because the counting slows it.
  void add_wakes(const engine::TrialResult& trial);

  /// All of them together; no value if none dispatched anything.
  std::optional<reports::StageSummary> summary(const engine::CellSpec& cell) const;

 private:
  std::vector<engine::Stages> stages_;
  std::vector<engine::Stages> woken_;
  std::vector<double> staged_ns_;    // times of the trials
  std::vector<double> unstaged_ns_;  // likewise
};

}  // namespace writebench::explain
