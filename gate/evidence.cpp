#include "gate/evidence.hpp"

#include <algorithm>
#include <cmath>

namespace writebench::gate {
namespace {

using engine::Interval;

constexpr double kPower = 0.8;

// The order statistics beyond which the median lies with a probability of at most alpha on either side.
std::optional<Interval> median_interval(const std::vector<double>& sorted, double alpha) {
  const auto k = engine::least_significant(sorted.size(), alpha);
  if (!k) return std::nullopt;
  return Interval{sorted[sorted.size() - *k], sorted[*k - 1]};
}

// The smallest error at which the interval of the upper median lies above that of the lower one by more than the limit.
double p_apart(const std::vector<double>& lower, const std::vector<double>& upper, double limit) {
  // The two tail probabilities: P(median of the upper values < i-th smallest) and P(median of the lower values > i-th
  // largest); i is 0-based.
  const std::vector<double> upper_tails = engine::at_most(upper.size());
  const std::vector<double> lower_tails = engine::at_most(lower.size());
  double least = 1;
  std::size_t below = 0;  // the number of lower values that are beyond the limit below upper[i]
  for (std::size_t i = 0; i < upper.size(); ++i) {
    while (below < lower.size() && upper[i] - lower[below] > limit) ++below;
    // Doubled, because each interval gets half of the error.
    if (below > 0) least = std::min(least, 2 * std::max(upper_tails[i], lower_tails[lower.size() - below]));
  }
  return least;
}

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto index = static_cast<std::size_t>(place);
  if (index + 1 >= sorted.size()) return sorted.back();
  return sorted[index] + (place - static_cast<double>(index)) * (sorted[index + 1] - sorted[index]);
}

// The share of pairs that must be beyond the limit so that `needed` of n are, with the power wanted.
double share_for_power(std::size_t n, std::size_t needed) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (engine::at_least(needed, n, middle) < kPower ? low : high) = middle;
  }
  return high;
}

}  // namespace

Evidence Evidence::from_pairs(std::vector<double> differences) { return {true, {}, std::move(differences)}; }

Evidence Evidence::from_runs(std::vector<double> base, std::vector<double> head) {
  return {false, std::move(base), std::move(head)};
}

Evidence::Evidence(bool paired, std::vector<double> base, std::vector<double> head)
    : paired_(paired), base_(std::move(base)), head_(std::move(head)) {
  std::sort(base_.begin(), base_.end());
  std::sort(head_.begin(), head_.end());
}

std::size_t Evidence::size() const { return paired_ ? head_.size() : std::min(base_.size(), head_.size()); }

double Evidence::difference() const {
  if (size() == 0) return 0;
  return engine::median(head_) - (paired_ ? 0 : engine::median(base_));
}

double Evidence::p_above(double limit) const {
  if (!paired_) return p_apart(base_, head_, limit);
  const auto above = head_.end() - std::upper_bound(head_.begin(), head_.end(), limit);
  return engine::sign_test(head_.size(), static_cast<std::size_t>(above));
}

double Evidence::p_below(double limit) const {
  if (!paired_) return p_apart(head_, base_, -limit);
  const auto below = std::lower_bound(head_.begin(), head_.end(), limit) - head_.begin();
  return engine::sign_test(head_.size(), static_cast<std::size_t>(below));
}

std::optional<Interval> Evidence::interval(double alpha) const {
  if (paired_) return median_interval(head_, alpha);
  const auto base = median_interval(base_, alpha / 2);
  const auto head = median_interval(head_, alpha / 2);
  if (!base || !head) return std::nullopt;
  return Interval{head->low - base->high, head->high - base->low};
}

std::optional<double> Evidence::detectable(double limit, double alpha) const {
  if (paired_) {
    const auto needed = engine::least_significant(head_.size(), alpha);
    if (!needed) return std::nullopt;
    // If the head were slower by the result, this share of the pairs would be above the limit.
    return limit - (quantile(head_, 1 - share_for_power(head_.size(), *needed)) - difference());
  }
  const auto base = median_interval(base_, alpha / 2);
  const auto head = median_interval(head_, alpha / 2);
  if (!base || !head) return std::nullopt;
  // By the normal approximation: half of each interval, and the scatter of the two medians.
  const double below = engine::median(head_) - head->low;
  const double above = base->high - engine::median(base_);
  return limit + below + above +
         engine::normal_quantile(kPower) * std::hypot(below, above) / engine::normal_quantile(1 - alpha / 2);
}

}  // namespace writebench::gate
