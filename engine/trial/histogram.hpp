#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace writebench::engine {

/// A distribution of durations, for percentiles and for the report.
struct Distribution {
  struct Bucket {
    std::int64_t low_ns = 0;   ///< inclusive
    std::int64_t high_ns = 0;  ///< inclusive
    std::uint64_t count = 0;
  };
  std::vector<Bucket> buckets;  ///< ascending; empty ones are left out
  std::uint64_t count = 0;
  std::int64_t max_ns = 0;  ///< exact

  /// The duration that a share `quantile` (0 to 1) of all durations does not exceed, within 1 %: the middle of its
  /// bucket in whole nanoseconds, as a report has it. No value if there are fewer durations than the quantile needs.
  std::optional<double> percentile_ns(double quantile) const;

  /// The same of any durations, however few; no value if there is none. For reports of earlier versions only.
  std::optional<double> unsupported_percentile_ns(double quantile) const;
};

/// Whether that many durations give the quantile: 1 / (1 - quantile) of them, but at least kLeastForMedian up to the
/// median. The maximum is not a quantile of any number of durations.
bool supports(std::uint64_t count, double quantile);

inline constexpr std::uint64_t kLeastForMedian = 20;

/// Counts durations in buckets whose width is at most 1/128 of their value: log-linear, as in HdrHistogram, so the
/// middle of a bucket is off by less than 0.4 %. Exact below 128 ns; anything above 2^42 ns (73 minutes) counts as
/// that. Plain memory without pointers, so it can be in memory shared between processes. Any number of threads may call
/// record() at once.
class Histogram {
 public:
  void record(std::int64_t ns) {
    const std::uint64_t value = ns < 0 ? 0 : std::min<std::uint64_t>(static_cast<std::uint64_t>(ns), kMost);
    counts_[index_of(value)].fetch_add(1, std::memory_order_relaxed);
    std::int64_t most = max_ns_.load(std::memory_order_relaxed);
    while (most < ns && !max_ns_.compare_exchange_weak(most, ns, std::memory_order_relaxed)) {
    }
  }

  /// The counts so far; no other thread may record at the same time.
  Distribution distribution() const;

 private:
  static constexpr unsigned kBits = 7;  // 2^7 buckets per doubling
  static constexpr std::uint64_t kMost = (1ull << 42) - 1;
  static constexpr std::size_t kBuckets = (42 - kBits + 1) << kBits;

  // Below 2^7 the index is the value; above, the doubling and the seven bits after the highest one.
  static std::size_t index_of(std::uint64_t value) {
    if (value < (1u << kBits)) return static_cast<std::size_t>(value);
    const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - 1 - kBits;
    return ((static_cast<std::size_t>(shift) + 1) << kBits) + static_cast<std::size_t>(value >> shift) - (1u << kBits);
  }

  std::array<std::atomic<std::uint64_t>, kBuckets> counts_{};
  std::atomic<std::int64_t> max_ns_{0};
};

/// The sum of both.
Distribution merged(const Distribution& a, const Distribution& b);

}  // namespace writebench::engine
