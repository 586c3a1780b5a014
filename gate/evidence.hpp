#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "engine/statistics.hpp"

namespace writebench::gate {

/// What was measured of one cell on two sides, as natural logarithms: a difference of 0.095 means +10 %. Makes no
/// assumption about the distribution of the noise.
class Evidence {
 public:
  /// From one difference, head minus base, for each pair of adjacent trials. Tested by the exact sign test (J. D.
  /// Gibbons, S. Chakraborti, Nonparametric Statistical Inference, chapter 5).
  static Evidence from_pairs(std::vector<double> differences);

  /// From the trials of two independent runs. Tested by the order-statistic intervals of both medians, each at half of
  /// the error (Bonferroni); they must not overlap.
  static Evidence from_runs(std::vector<double> base, std::vector<double> head);

  /// The number of pairs, or of the trials of the side that has fewer.
  std::size_t size() const;

  /// Head minus base, by their medians; 0 if there are no trials.
  double difference() const;

  /// The probability of evidence at least this strong if the true difference were not above (not below) the limit.
  double p_above(double limit) const;
  double p_below(double limit) const;

  /// An interval for the true difference, which lies outside on either side with a probability of at most `alpha`. No
  /// value if there is too little evidence.
  std::optional<engine::Interval> interval(double alpha) const;

  /// The smallest true difference that evidence of this size and noise shows to be above the limit in four of five
  /// cases; no value if there is too little evidence for any.
  std::optional<double> detectable(double limit, double alpha) const;

 private:
  Evidence(bool paired, std::vector<double> base, std::vector<double> head);

  bool paired_;
  std::vector<double> base_;  ///< sorted; empty if paired
  std::vector<double> head_;  ///< sorted; the differences if paired
};

}  // namespace writebench::gate
