#pragma once

#include <optional>
#include <vector>

#include "engine/trial/cell.hpp"
#include "reports/advice.hpp"

namespace writebench::advise {

/// What the trials of a cell measured; no value if none of them has what the goal is about. `may_lose_bytes` is by
/// arithmetic. The memory is the measured growth, but at least that much: what the strategy holds may stand in memory
/// that the trial's process had freed before, and then nothing grows.
std::optional<reports::Advice::Figures> figures_of(const engine::Cell& cell, reports::Goal goal,
                                                   std::optional<std::uint64_t> may_lose_bytes = std::nullopt);

/// The value of one cell over that of the other in each round in which both have one. Values are per line, so the cells
/// may have run on different numbers of lines.
std::vector<double> ratios(const engine::Cell& cell, const engine::Cell& other, reports::Goal goal);

/// What the figures fail of the constraints that are measured. What is not known is not fulfilled.
struct Failure {
  reports::Hurdle constraint = reports::Hurdle::kMaxStall;
  double asked = 0;
  double found = 0;  ///< 0 if it is not known

  /// By how much: 1 is just fulfilled, 2 is twice too much, or half of the rate.
  double excess() const;
};
std::vector<Failure> failures(const reports::Advice::Figures& figures, const reports::Advice::Asked& asked);

}  // namespace writebench::advise
