#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "gate/comparison.hpp"
#include "gate/interim_looks.hpp"
#include "gate/side.hpp"

namespace writebench::gate {

/// How long to go on.
struct AbPlan {
  InterimLooks looks = {};
  std::size_t warm_ups = 1;  ///< trials of each side and cell first, thrown away
  /// Then the last look is taken, whatever is there; as long again to confirm what is slower.
  std::chrono::nanoseconds budget = std::chrono::minutes(15);
  std::uint64_t seed = 0;  ///< of the order
  engine::Now now = std::chrono::steady_clock::now;
};

/// Hears of a session as it goes.
class AbObserver {
 public:
  enum class Stage { kWarmUp, kPairs, kConfirm };
  virtual ~AbObserver() = default;
  /// About to run trials of so many cells; `pair` is 1-based.
  virtual void round_begins(Stage, std::size_t /*pair*/, std::size_t /*of*/, std::size_t /*cells*/) {}
};

struct AbResult {
  Comparison comparison;
  reports::Report base;  ///< with a twin of each cell, `ID#2`
  reports::Report head;
  bool complete = false;  ///< false if it was ended early, as by a signal: the verdicts are then all inconclusive
};

/// Measures two programs in turn and judges them. For each pair and cell three trials follow one another, base, head
/// and base once more as its own twin, in an order that takes each of its six forms equally often.
///
/// The rule of the early stop: the verdicts are looked at as the schedule says, each time at alpha divided by the
/// number of looks, so that all looks together claim wrongly no more often than alpha (Bonferroni); a cell that is
/// slower, faster or the same then keeps that verdict. How many pairs a cell gets at most is settled by how long its
/// warm-up takes, not by what it measures; else only the budget ends a cell. What is slower is measured again, by the
/// same rule, and stays slower only if the fresh pairs say so by themselves.
///
/// Throws what the runners of the two sides throw.
AbResult ab_session(const Side& base, const Side& head, const ComparisonSettings& settings, const AbPlan& plan,
                    AbObserver& observer);

}  // namespace writebench::gate
