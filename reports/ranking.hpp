#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/trial/cell.hpp"

namespace writebench::reports {

/// What the paired trials of two cells support saying about the first.
enum class PairVerdict { kFaster, kSlower, kTied };

/// Compares two cells round by round: the ratio of their times in each round in which both have one. The first is
/// slower (faster likewise) only if that many pairs could hardly be above 1 + kMargin by chance:
///   from 10 pairs on, an exact one-sided sign test against 1 + kMargin at kAlpha;
///   with fewer, which no such test can decide, every single pair beyond 1 + kFewPairsMargin; with one or two,
///   beyond 2.
/// Everything else is a tie: the difference is within the noise of these trials. The test assumes nothing about the
/// form of the noise (J. D. Gibbons, S. Chakraborti, Nonparametric Statistical Inference, chapter 5).
PairVerdict compare(const engine::Cell& cell, const engine::Cell& other);

inline constexpr double kMargin = 0.03;
inline constexpr double kAlpha = 0.001;
inline constexpr double kWideMargin = 0.25;

/// A cell's place among those of like contract.
struct Ranked {
  std::size_t cell = 0;  ///< its index
  /// 1 + the number of cells in the places above. A cell joins the place of the fastest above it unless it is slower
  /// beyond doubt than that one, so ranks never go back down.
  std::size_t rank = 1;
  std::vector<std::string> tied_with;  ///< the ids of the others in its place
};

/// Cells of like contract and the same work that have a time, the fastest first.
struct Group {
  Contract contract;
  bool control = false;  ///< null and bulk: not ranked, and in a group of their own
  std::vector<Ranked> cells;
};

/// Groups the cells with a time by their work and their contract; of one work the group with the stronger order first,
/// the controls last.
std::vector<Group> rank(const std::vector<engine::Cell>& cells);

}  // namespace writebench::reports
