#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "engine/machine/running_clock.hpp"
#include "gate/comparison.hpp"
#include "gate/interim_looks.hpp"
#include "gate/side.hpp"

namespace writebench::gate {

/// How much to measure.
struct AbPlan {
  InterimLooks looks = {};
  std::size_t warm_ups = 1;  ///< trials of each side and cell, run first and discarded
  /// When it is used up, the last look is taken. Confirming the slower cells may take as long again.
  std::chrono::nanoseconds budget = std::chrono::minutes(15);
  std::uint64_t seed = 0;                 ///< determines the order
  engine::Now now = engine::running_now;  ///< read about ten times a second
};

/// Receives the progress of a session.
class AbObserver {
 public:
  enum class Stage { kWarmUp, kPairs, kConfirm };
  virtual ~AbObserver() = default;
  /// Called before the trials of `cells` cells; `pair` is 1-based.
  virtual void round_begins(Stage, std::size_t /*pair*/, std::size_t /*of*/, std::size_t /*cells*/) {}
};

struct AbResult {
  Comparison comparison;
  reports::Report base;  ///< with a twin of each cell, `ID#2`
  reports::Report head;
  /// The pairs that each cell could get, by its id; without the cells that the budget ended before.
  std::map<std::string, std::size_t> most_pairs;
  bool complete = false;  ///< false if it ended early, for example by a signal; all verdicts are then inconclusive
};

/// Measures two programs in turn and judges them. Each pair of a cell is three consecutive trials: base, head, and base
/// once more as its own twin (an A/A test). Each of the six orders of the three is used equally often.
///
/// The rule of the early stop: the verdicts are checked at the scheduled looks, each at alpha divided by the number of
/// looks, so that all looks together are wrong no more often than alpha (Bonferroni). A cell that is slower, faster or
/// the same keeps that verdict. The maximum number of pairs of a cell depends on how long its warm-up takes, not on
/// what it measures; apart from that only the budget ends a cell. A slower cell is measured again by the same rule, and
/// stays slower only if the fresh pairs alone say so.
///
/// Throws what the runners of the two sides throw.
AbResult ab_session(const Side& base, const Side& head, const ComparisonSettings& settings, const AbPlan& plan,
                    AbObserver& observer);

}  // namespace writebench::gate
