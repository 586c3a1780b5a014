#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace writebench::engine {

struct Interval {
  double low = 0;
  double high = 0;
};

/// The middle value, or the mean of the two middle ones. `values` must not be empty.
double median(std::vector<double> values);

/// The median of the absolute deviations from the median, unscaled. `values` must not be empty.
double median_absolute_deviation(const std::vector<double>& values);

/// A distribution-free 95 % confidence interval for the median: the narrowest pair of symmetric order statistics whose
/// coverage under the binomial distribution is at least 95 % (H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed.,
/// section 7.1). It is valid for few samples and any continuous distribution. No value for fewer than 6 samples,
/// because even their whole range covers the median less often than that.
std::optional<Interval> median_interval_95(std::vector<double> values);

/// The probability that at least `above` of `pairs` fair coin tosses show heads: the exact one-sided sign test. 1 if
/// there are no pairs.
double sign_test(std::size_t pairs, std::size_t above);

/// The smallest number of heads in `pairs` fair tosses that is reached with a probability of at most `alpha`; no value
/// if even all heads are more likely than that.
std::optional<std::size_t> least_significant(std::size_t pairs, double alpha);

/// The probability of at least `heads` heads in `tosses` tosses of a coin that shows heads with probability `p`.
double at_least(std::size_t heads, std::size_t tosses, double p);

/// For each i below `tosses`, the probability of at most i heads in `tosses` fair tosses.
std::vector<double> at_most(std::size_t tosses);

/// The p-quantile of the standard normal distribution; 0 < p < 1.
double normal_quantile(double p);

}  // namespace writebench::engine
