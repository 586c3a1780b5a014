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

/// The median distance from the median, unscaled. `values` must not be empty.
double median_absolute_deviation(const std::vector<double>& values);

/// A distribution-free 95 % confidence interval for the median: the narrowest pair of symmetric order statistics whose
/// coverage under the binomial distribution is at least 95 % (H. A. David, H. N. Nagaraja, Order Statistics, 3rd ed.,
/// section 7.1). It holds for few samples and any continuous distribution; with fewer than 6 samples there is none,
/// since even their whole range covers the median less often than that.
std::optional<Interval> median_interval_95(std::vector<double> values);

/// The probability that at least `above` of `pairs` fair coin tosses show heads: the exact one-sided sign test. 1 where
/// there are no pairs.
double sign_test(std::size_t pairs, std::size_t above);

}  // namespace writebench::engine
