#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// The conclusion that the paired trials of two cells support about the first.
enum class PairVerdict { kFaster, kSlower, kTied };

/// Compares two cells round by round, by the ratio of their times in each round in which both have one. The first is
/// slower (likewise faster) only if so many pairs above 1 + kMargin are unlikely by chance:
/// - from 10 pairs on, by an exact one-sided sign test against 1 + kMargin at kAlpha;
/// - with fewer, which no such test can decide, if every pair is beyond 1 + kFewPairsMargin; with one or two, beyond 2.
/// Everything else is a tie: the difference is within the noise of these trials. The test makes no assumption about the
/// distribution of the noise (J. D. Gibbons, S. Chakraborti, Nonparametric Statistical Inference, chapter 5).
PairVerdict compare(const engine::Cell& cell, const engine::Cell& other);

inline constexpr double kMargin = 0.03;
inline constexpr double kAlpha = 0.001;
inline constexpr double kWideMargin = 0.25;

/// A cell's place among those with the same contract.
struct Ranked {
  std::size_t cell = 0;  ///< its index
  /// 1 + the number of cells in the places above. A cell joins the place of the fastest above it unless it is slower
  /// beyond doubt than that one, so ranks never go back down.
  std::size_t rank = 1;
  std::vector<std::string> tied_with;  ///< the ids of the others in its place
};

/// Cells with the same contract and work that have a time, fastest first.
struct Group {
  Contract contract;
  bool control = false;  ///< null and bulk: in a separate group, and not ranked
  bool cut = false;      ///< on a fraction of the lines: likewise
  bool paced = false;    ///< at a rate, which fixes the times: not ranked; by the 99th percentile of their stalls
  std::vector<Ranked> cells;

  bool ranked() const { return !control && !cut && !paced; }
};

/// Groups the cells that have a time by work and contract. Among the groups of the same work, stronger orders come
/// first, then the controls, and last what ran on a fraction of the lines.
std::vector<Group> rank(const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
