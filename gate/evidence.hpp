#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/statistics.hpp"

namespace writebench::gate {

/// What was measured of one cell on two sides, as natural logarithms: a difference of 0.095 means +10 %. Nothing is
/// assumed of the form of the noise.
class Evidence {
 public:
  /// One difference, head minus base, for each pair of trials that were taken next to each other. Tested by the exact
  /// sign test (J. D. Gibbons, S. Chakraborti, Nonparametric Statistical Inference, chapter 5).
  static Evidence from_pairs(std::vector<double> differences);

  /// The trials of two runs that know nothing of each other. Tested by the order-statistic intervals of both medians,
  /// each at half of the error: they have to lie apart (Bonferroni).
  static Evidence from_runs(std::vector<double> base, std::vector<double> head);

  /// Pairs, or the trials of the side that has fewer.
  std::size_t size() const;

  /// Head minus base, by their medians; 0 where there is nothing.
  double difference() const;

  /// The probability of evidence as strong as this, or stronger, if the true difference were not above (not below) the
  /// limit.
  double p_above(double limit) const;
  double p_below(double limit) const;

  /// Where the true difference lies: outside on either side with a probability of at most `alpha`. Nothing where the
  /// evidence is too small for that.
  std::optional<engine::Interval> interval(double alpha) const;

  /// The smallest true difference that evidence of this size and this noise shows to be above the limit in four of five
  /// cases; nothing where it is too small to show any.
  std::optional<double> detectable(double limit, double alpha) const;

 private:
  Evidence(bool paired, std::vector<double> base, std::vector<double> head);

  bool paired_;
  std::vector<double> base_;  ///< sorted; empty where paired
  std::vector<double> head_;  ///< sorted; the differences where paired
};

}  // namespace writebench::gate
