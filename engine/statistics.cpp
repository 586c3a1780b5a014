#include "engine/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace writebench::engine {
namespace {

// log P(X = k) for X ~ Binomial(n, p), 0 < p < 1; the logarithm avoids underflow for large n.
double log_binomial(std::size_t n, std::size_t k, double p) {
  const double trials = static_cast<double>(n);
  const double successes = static_cast<double>(k);
  return std::lgamma(trials + 1) - std::lgamma(successes + 1) - std::lgamma(trials - successes + 1) +
         successes * std::log(p) + (trials - successes) * std::log1p(-p);
}

double log_binomial_half(std::size_t n, std::size_t k) { return log_binomial(n, k, 0.5); }

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
  // [x(k+1), x(n-k)] misses the median with probability 2 P(X <= k). Take the largest k for which this is at most 5 %.
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

double sign_test(std::size_t pairs, std::size_t above) { return at_least(above, pairs, 0.5); }

std::optional<std::size_t> least_significant(std::size_t pairs, double alpha) {
  std::optional<std::size_t> least;
  double tail = 0;
  for (std::size_t heads = pairs; heads > 0; --heads) {
    tail += std::exp(log_binomial_half(pairs, heads));
    if (tail > alpha) break;
    least = heads;
  }
  return least;
}

double at_least(std::size_t heads, std::size_t tosses, double p) {
  if (heads == 0 || p >= 1) return heads <= tosses ? 1 : 0;
  if (p <= 0) return 0;
  double probability = 0;
  for (std::size_t k = heads; k <= tosses; ++k) probability += std::exp(log_binomial(tosses, k, p));
  return std::min(probability, 1.0);
}

std::vector<double> at_most(std::size_t tosses) {
  std::vector<double> probabilities(tosses);
  double sum = 0;
  for (std::size_t heads = 0; heads < tosses; ++heads) {
    sum += std::exp(log_binomial_half(tosses, heads));
    probabilities[heads] = std::min(sum, 1.0);
  }
  return probabilities;
}

double normal_quantile(double p) {
  double low = -40;
  double high = 40;
  for (int i = 0; i < 100; ++i) {
    const double middle = (low + high) / 2;
    (std::erfc(-middle / std::sqrt(2.0)) / 2 < p ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace writebench::engine
