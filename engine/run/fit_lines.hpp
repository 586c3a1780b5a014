#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "engine/run/run.hpp"
#include "engine/trial/cell.hpp"
#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// What a cell would take if it ran on all of its lines.
struct Demand {
  std::chrono::nanoseconds trial{0};   ///< one trial with everything around it
  std::chrono::nanoseconds around{0};  ///< the part of it that does not depend on the lines
  std::uint64_t lines = 0;
};

/// What the lines of each cell are divided by: 1, or the smallest power of ten with which kTrialsThatMustFit trials fit
/// the cell's share of the budget. The share is the budget divided by the number of cells, and what the faster cells
/// leave of theirs; all cells that are cut have the same. No cell is cut below kLeastLines, nor further once its lines
/// take no longer than what is around them.
std::vector<std::uint64_t> line_divisors(const std::vector<Demand>& cells, std::chrono::nanoseconds budget);

inline constexpr int kTrialsThatMustFit = 5;
inline constexpr std::uint64_t kLeastLines = 100;

/// Cuts the lines of the cells that are too slow for the budget (CellSpec::asked_lines). To know which these are, it
/// runs each cell on few lines, and those that may be too slow on more, for up to a tenth of the budget. The observer
/// hears of each such trial. Cells that cannot run, or have too few lines to be cut, are left alone. A cell whose lines
/// cannot be read has failed. Returns false if a signal (interrupted()) ended it. Throws what the runner throws.
bool fit_lines(std::vector<Cell>& cells, const std::vector<Runnable>& runnables, TrialRunner& runner,
               std::chrono::nanoseconds budget, RunObserver& observer);

}  // namespace writebench::engine
