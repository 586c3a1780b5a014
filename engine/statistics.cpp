#include "engine/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace writebench::engine {
namespace {

// log P(X = k) for X ~ Binomial(n, 1/2): in logarithms, so that a large n does not underflow.
double log_binomial_half(std::size_t n, std::size_t k) {
  const double trials = static_cast<double>(n);
  const double successes = static_cast<double>(k);
  return std::lgamma(trials + 1) - std::lgamma(successes + 1) - std::lgamma(trials - successes + 1) -
         trials * std::log(2.0);
}

}  // namespace

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

double median_absolute_deviation(const std::vector<double>& values) {
  const double center = median(values);
  std::vector<double> distances;
  distances.reserve(values.size());
  for (const double value : values) distances.push_back(std::abs(value - center));
  return median(std::move(distances));
}

std::optional<Interval> median_interval_95(std::vector<double> values) {
  const std::size_t n = values.size();
  // [x(k+1), x(n-k)] misses the median with probability 2 P(X <= k): the largest k that keeps that within 5 %.
  std::optional<std::size_t> k;
  double tail = 0;
  for (std::size_t next = 0; next < n / 2; ++next) {
    tail += std::exp(log_binomial_half(n, next));
    if (2 * tail > 0.05) break;
    k = next;
  }
  if (!k) return std::nullopt;
  std::sort(values.begin(), values.end());
  return Interval{values[*k], values[n - 1 - *k]};
}

double sign_test(std::size_t pairs, std::size_t above) {
  double probability = 0;
  for (std::size_t heads = above; heads <= pairs; ++heads) probability += std::exp(log_binomial_half(pairs, heads));
  return std::min(probability, 1.0);
}

}  // namespace writebench::engine
