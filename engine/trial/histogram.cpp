#include "engine/trial/histogram.hpp"

#include <cmath>

namespace writebench::engine {

Distribution Histogram::distribution() const {
  Distribution distribution;
  distribution.max_ns = max_ns_;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    const std::uint64_t count = counts_[i].load(std::memory_order_relaxed);
    if (count == 0) continue;
    const std::size_t doubling = i >> kBits;
    const std::size_t shift = doubling == 0 ? 0 : doubling - 1;
    const std::size_t mantissa = doubling == 0 ? i : (i & ((1u << kBits) - 1)) + (1u << kBits);
    const auto low = static_cast<std::int64_t>(mantissa << shift);
    distribution.buckets.push_back({low, low + (std::int64_t{1} << shift) - 1, count});
    distribution.count += count;
  }
  return distribution;
}

bool supports(std::uint64_t count, double quantile) {
  if (quantile <= 0.5) return count >= kLeastForMedian;
  return static_cast<double>(count) * (1 - quantile) >= 1 - 1e-9;  // 1 - 0.99 is not quite 0.01
}

std::optional<double> Distribution::percentile_ns(double quantile) const {
  return supports(count, quantile) ? unsupported_percentile_ns(quantile) : std::nullopt;
}

std::optional<double> Distribution::unsupported_percentile_ns(double quantile) const {
  if (count == 0) return std::nullopt;
  const auto rank = static_cast<std::uint64_t>(std::ceil(quantile * static_cast<double>(count)));
  std::uint64_t seen = 0;
  for (const Bucket& bucket : buckets) {
    seen += bucket.count;
    if (seen < std::max<std::uint64_t>(rank, 1)) continue;
    const double middle = (static_cast<double>(bucket.low_ns) + static_cast<double>(bucket.high_ns)) / 2;
    return std::min(std::round(middle), static_cast<double>(max_ns));
  }
  return static_cast<double>(max_ns);
}

Distribution merged(const Distribution& a, const Distribution& b) {
  Distribution both;
  both.count = a.count + b.count;
  both.max_ns = std::max(a.max_ns, b.max_ns);
  auto left = a.buckets.begin();
  auto right = b.buckets.begin();
  while (left != a.buckets.end() || right != b.buckets.end()) {
    if (right == b.buckets.end() || (left != a.buckets.end() && left->low_ns < right->low_ns)) {
      both.buckets.push_back(*left++);
    } else if (left == a.buckets.end() || right->low_ns < left->low_ns) {
      both.buckets.push_back(*right++);
    } else {
      both.buckets.push_back({left->low_ns, left->high_ns, left->count + right->count});
      ++left;
      ++right;
    }
  }
  return both;
}

}  // namespace writebench::engine
