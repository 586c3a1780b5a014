#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// The trials of two cells in the same rounds.
struct Pairs {
  std::vector<double>
      ratios;                 ///< the time of the first over that of the second, for every round in which both have one
  std::size_t disturbed = 0;  ///< the pairs in which either trial had a disturbance
};

/// The cell of that strategy which did the same work as `cell`, which may be `cell` itself; null if there is none.
const engine::Cell* cell_of(std::string_view strategy, const engine::Cell& cell,
                            const std::vector<engine::Cell>& cells);

/// The fastest cell of `bulk` that did the same work, which several may have done with blocks of different sizes; null
/// if there is none.
const engine::Cell* ceiling_of(const engine::Cell& cell, const std::vector<engine::Cell>& cells);

Pairs paired(const engine::Cell& cell, const engine::Cell& other);

/// Only the ratios.
std::vector<double> paired_ratios(const engine::Cell& cell, const engine::Cell& other);

}  // namespace writebench::reports
