#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "gate/evidence.hpp"

namespace writebench::gate {

enum class PairVerdict {
  kSlower,        ///< by more than the threshold
  kFaster,        ///< likewise
  kSame,          ///< within the threshold
  kInconclusive,  ///< the trials do not decide it
};

std::string_view to_string(PairVerdict verdict);

/// What counts as a change, and how often a change may be reported wrongly.
struct Rule {
  double threshold = 0.05;  ///< a share: 0.05 is 5 %; a change must be larger
  double alpha = 0.01;      ///< the chance that any cell is called slower (likewise faster) although none is
};

/// The threshold as a difference of logarithms, plus an allowance of the same kind.
double limit_of(const Rule& rule, double allowance);

/// The verdict on one cell among the others of its comparison.
struct Judgement {
  PairVerdict verdict = PairVerdict::kInconclusive;
  double p_slower = 1;                       ///< corrected for the number of cells
  double p_faster = 1;                       ///< likewise
  std::optional<engine::Interval> interval;  ///< of the difference, at alpha on either side
  std::optional<double> detectable;  ///< the smallest slow-down that would have been detected (Evidence::detectable)
};

/// The evidence on one cell, and the amount by which its limits are widened (a logarithm, at least 0).
struct Case {
  Evidence evidence;
  double allowance = 0;
};

/// Judges the cells of one comparison together. A cell is slower (likewise faster) if the difference is beyond the
/// limit, with Holm's correction over the cells (S. Holm, A simple sequentially rejective multiple test procedure,
/// 1979); the same if it is within the limit on both sides, each tested at alpha; otherwise inconclusive.
std::vector<Judgement> judge(const std::vector<Case>& cases, const Rule& rule);

/// Holm's correction: adjusted probabilities, in the order of the input.
std::vector<double> holm(const std::vector<double>& probabilities);

}  // namespace writebench::gate
