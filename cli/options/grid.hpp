#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/trial/sample.hpp"

namespace writebench::cli {

/// One thing that a run may vary, with its values in the order given; at least one.
struct Axis {
  struct Value {
    std::string label;                         ///< as typed, or nearly: part of a cell's id
    std::function<void(engine::Cell&)> apply;  ///< sets it in a cell
  };
  std::string name;  ///< the option's, without its dashes
  std::vector<Value> values;
  /// Whether it makes a difference to this strategy; null: to every one.
  bool (*used)(const Descriptor&) = nullptr;
};

/// The cross product: each strategy with each combination of the values that it uses. An axis that a strategy ignores
/// takes its first value there, so that a sweep over it runs that strategy once. A cell's id is its strategy and, for
/// each axis it uses that has several values, `name=label`; the second of the same id is its twin, `#2`.
std::vector<engine::Cell> make_cells(std::span<const Descriptor> strategies, const std::vector<Axis>& axes);

}  // namespace writebench::cli
