#pragma once

#include <cstddef>
#include <vector>

#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// The trials of two cells in the same rounds.
struct Pairs {
  std::vector<double>
      ratios;                 ///< the time of the first over that of the second, for every round in which both have one
  std::size_t disturbed = 0;  ///< of these, with a cause to doubt either
};

Pairs paired(const engine::Cell& cell, const engine::Cell& other);

/// The ratios alone.
std::vector<double> paired_ratios(const engine::Cell& cell, const engine::Cell& other);

}  // namespace writebench::reports
