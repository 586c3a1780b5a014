#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "gate/comparison.hpp"
#include "gate/contender.hpp"

namespace writebench::gate {

/// How long to go on.
struct DuelPlan {
  std::size_t pairs = 60;    ///< of each cell at most, and once more to confirm what looks slower
  std::size_t looks = 3;     ///< at the verdicts, evenly spaced: what is decided then gets no further pairs
  std::size_t warm_ups = 1;  ///< trials of each side and cell first, thrown away
  std::chrono::nanoseconds budget = std::chrono::minutes(15);  ///< then the last look is taken, whatever is there
  std::uint64_t seed = 0;                                      ///< of the order
};

/// Hears of a duel as it goes.
class DuelObserver {
 public:
  enum class Stage { kWarmUp, kPairs, kConfirm };
  virtual ~DuelObserver() = default;
  /// About to run trials of so many cells; `pair` is 1-based.
  virtual void round_begins(Stage, std::size_t /*pair*/, std::size_t /*of*/, std::size_t /*cells*/) {}
};

struct DuelResult {
  Comparison comparison;
  reports::Report base;  ///< with a twin of each cell, `ID#2`
  reports::Report head;
  bool complete = false;  ///< false where a signal ended it early: the verdicts are then all inconclusive
};

/// Measures two programs in turn and judges them. For each pair and cell three trials follow one another, base, head
/// and base once more as its own twin, in an order that takes each of its six forms equally often.
///
/// The rule of the early stop: the verdicts are looked at after pairs/looks, 2 pairs/looks, … pairs, each time at
/// alpha/looks, so that all looks together claim wrongly no more often than alpha (Bonferroni); a cell that is slower,
/// faster or the same then keeps that verdict. Nothing else ends a cell early, but the budget. What is slower is
/// measured again with as many fresh pairs as there are at most, and stays slower only if they say so by themselves.
///
/// Throws ContenderError.
DuelResult duel(Contender& base, Contender& head, const Terms& terms, const DuelPlan& plan, DuelObserver& observer);

}  // namespace writebench::gate
