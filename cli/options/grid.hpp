#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/trial/cell.hpp"

namespace writebench::cli {

/// One thing that a run may vary, with its values in the order given; at least one.
struct Axis {
  struct Value {
    std::string label;                             ///< as typed, or nearly: part of a cell's id
    std::function<void(engine::CellSpec&)> apply;  ///< sets it in a cell
  };
  std::string name;  ///< the option's, without its dashes
  std::vector<Value> values;
  std::function<bool(const Descriptor&)> used;  ///< whether it applies to this strategy; empty: to every one
  /// Whether it changes anything in a cell that has the values of the axes before it; empty: always.
  std::function<bool(const engine::CellSpec&)> matters = {};
};

/// The cells of a run, and how each is run, in the same order.
struct Grid {
  std::vector<engine::Cell> cells;
  std::vector<engine::Runnable> runnables;  ///< without contents
};

/// The cross product: each strategy with each combination of the values of the axes that apply to it, so that a sweep
/// over an option runs a strategy without that option once; likewise where an axis does not matter. A cell's id is its
/// strategy and, for each such axis with several values, `name=label`; the second of the same id is its twin, `#2`.
/// Throws UsageError if there are more cells than a report can have.
Grid make_grid(std::span<const Descriptor> strategies, const std::vector<Axis>& axes);

}  // namespace writebench::cli
