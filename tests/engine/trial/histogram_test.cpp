#include "engine/trial/histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>

namespace writebench::engine {
namespace {

TEST(Histogram, KeepsAnyDurationFromANanosecondToAnHourWithinOnePercent) {
  for (double exact = 1; exact < 3.6e12; exact *= 1.0137) {
    Histogram histogram;
    const auto ns = static_cast<std::int64_t>(exact);
    for (std::uint64_t i = 0; i < kLeastForMedian; ++i) histogram.record(ns);
    histogram.record(2 * ns + 10);  // so that the maximum does not help
    const double kept = *histogram.distribution().percentile_ns(0.5);
    ASSERT_EQ(kept, std::round(kept)) << ns << ": a report has whole nanoseconds";
    ASSERT_NEAR(kept, static_cast<double>(ns), 0.01 * static_cast<double>(ns)) << ns;
  }
}

TEST(Histogram, HasThePercentilesOfTheSortedDurations) {
  std::mt19937_64 random(3);
  std::lognormal_distribution<double> skewed(8, 2);
  Histogram histogram;
  std::vector<double> durations;
  for (int i = 0; i < 20'000; ++i) {
    const auto ns = static_cast<std::int64_t>(skewed(random));
    histogram.record(ns);
    durations.push_back(static_cast<double>(ns));
  }
  std::sort(durations.begin(), durations.end());
  const Distribution distribution = histogram.distribution();
  EXPECT_EQ(distribution.count, durations.size());
  EXPECT_EQ(static_cast<double>(distribution.max_ns), durations.back());
  for (const double quantile : {0.0, 0.5, 0.9, 0.99, 0.999}) {
    const double rank = std::max(1.0, std::ceil(quantile * 20'000));
    const double exact = durations[static_cast<std::size_t>(rank) - 1];
    EXPECT_NEAR(*distribution.percentile_ns(quantile), exact, 0.01 * exact) << quantile;
  }
}

TEST(Histogram, HasAPercentileOnlyFromAsManyDurationsAsItNeeds) {
  const struct {
    double quantile;
    std::uint64_t least;
  } needs[] = {{0.1, 20}, {0.5, 20}, {0.9, 10}, {0.99, 100}, {0.999, 1000}, {0.9999, 10'000}};
  for (const auto& [quantile, least] : needs) {
    Histogram histogram;
    for (std::uint64_t i = 1; i < least; ++i) histogram.record(7);
    EXPECT_FALSE(histogram.distribution().percentile_ns(quantile)) << quantile;
    histogram.record(7);
    EXPECT_EQ(histogram.distribution().percentile_ns(quantile), 7) << quantile;
  }
  EXPECT_FALSE(supports(UINT64_MAX, 1)) << "no number of durations gives the maximum of all";
}

TEST(Histogram, OfNothingHasNoPercentile) {
  const Distribution nothing = Histogram().distribution();
  EXPECT_EQ(nothing.count, 0u);
  EXPECT_FALSE(nothing.percentile_ns(0.5));
}

TEST(Histogram, BucketsAreDisjointAscendingAndHoldWhatWasCounted) {
  Histogram histogram;
  for (std::int64_t ns = 0; ns < 100'000; ns += 7) histogram.record(ns);
  histogram.record(-5);
  histogram.record(INT64_MAX);
  std::int64_t last = -1;
  std::uint64_t count = 0;
  for (const auto& bucket : histogram.distribution().buckets) {
    EXPECT_GT(bucket.low_ns, last);
    EXPECT_GE(bucket.high_ns, bucket.low_ns);
    last = bucket.high_ns;
    count += bucket.count;
  }
  EXPECT_EQ(count, 100'000u / 7 + 3);
}

TEST(Histogram, LosesNothingWhenSeveralThreadsCount) {
  Histogram histogram;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&histogram] {
        for (std::int64_t ns = 0; ns < 10'000; ++ns) histogram.record(ns);
      });
    }
  }
  EXPECT_EQ(histogram.distribution().count, 40'000u);
  EXPECT_EQ(histogram.distribution().max_ns, 9'999);
}

TEST(Histogram, MergedIsAsIfCountedTogether) {
  Histogram one, two, both;
  for (std::int64_t ns = 1; ns < 1'000'000; ns *= 3) {
    one.record(ns);
    both.record(ns);
  }
  for (std::int64_t ns = 1; ns < 5'000'000; ns = 2 * ns + 1) {
    two.record(ns);
    both.record(ns);
  }
  const Distribution together = merged(one.distribution(), two.distribution());
  const Distribution expected = both.distribution();
  EXPECT_EQ(together.count, expected.count);
  EXPECT_EQ(together.max_ns, expected.max_ns);
  ASSERT_EQ(together.buckets.size(), expected.buckets.size());
  for (std::size_t i = 0; i < expected.buckets.size(); ++i) {
    EXPECT_EQ(together.buckets[i].low_ns, expected.buckets[i].low_ns);
    EXPECT_EQ(together.buckets[i].count, expected.buckets[i].count);
  }
}

}  // namespace
}  // namespace writebench::engine
