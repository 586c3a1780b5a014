#include "engine/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace writebench::engine {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values;
  for (int i = n; i >= 1; --i) values.push_back(i);
  return values;
}

TEST(Statistics, MedianIsTheMiddleOrTheMeanOfTheMiddleTwo) {
  EXPECT_EQ(median({5}), 5);
  EXPECT_EQ(median({9, 1, 5}), 5);
  EXPECT_EQ(median({9, 1, 5, 6}), 5.5);
  EXPECT_EQ(median({2, 2}), 2);
}

TEST(Statistics, DeviationIgnoresAnOutlier) {
  EXPECT_EQ(median_absolute_deviation({1, 2, 3, 4, 1000}), 1);
  EXPECT_EQ(median_absolute_deviation({7}), 0);
}

TEST(Statistics, NoIntervalHoldsForFewerThanSixSamples) {
  for (int n = 1; n <= 5; ++n) EXPECT_FALSE(median_interval_95(one_to(n))) << n;
}

// The ranks are those of published tables of order-statistic intervals for the median at 95 %.
TEST(Statistics, IntervalHasTheRanksOfTheTables) {
  const struct {
    int n, low, high;
  } known[] = {{6, 1, 6},   {8, 1, 8},    {9, 2, 8},    {10, 2, 9},   {12, 3, 10},
               {20, 6, 15}, {30, 10, 21}, {50, 18, 33}, {100, 40, 61}};
  for (const auto& row : known) {
    const auto interval = median_interval_95(one_to(row.n));
    ASSERT_TRUE(interval);
    EXPECT_EQ(interval->low, row.low) << row.n;
    EXPECT_EQ(interval->high, row.high) << row.n;
  }
}

TEST(Statistics, IntervalCoversTheMedianAsOftenAsItSays) {
  std::mt19937_64 random(1);
  std::lognormal_distribution<double> skewed(0, 1);  // its median is 1
  for (const int n : {6, 11, 30}) {
    int covered = 0;
    constexpr int kRuns = 4000;
    for (int run = 0; run < kRuns; ++run) {
      std::vector<double> values;
      for (int i = 0; i < n; ++i) values.push_back(skewed(random));
      const auto interval = median_interval_95(values);
      covered += interval->low <= 1 && 1 <= interval->high;
    }
    EXPECT_GE(covered, kRuns * 94 / 100) << n;
  }
}

TEST(Statistics, IntervalHoldsForThousandsOfSamples) {
  const auto interval = median_interval_95(one_to(100'000));
  ASSERT_TRUE(interval);
  EXPECT_NEAR(interval->low, 50'000 - 0.98 * std::sqrt(100'000.0), 3);
}

TEST(Statistics, SignTestCountsTheCoinTossesExactly) {
  EXPECT_DOUBLE_EQ(sign_test(0, 0), 1);
  EXPECT_NEAR(sign_test(1, 1), 0.5, 1e-12);
  EXPECT_NEAR(sign_test(10, 10), 1.0 / 1024, 1e-12);
  EXPECT_NEAR(sign_test(10, 8), 56.0 / 1024, 1e-12);
  EXPECT_NEAR(sign_test(20, 15), 0.020694732666015625, 1e-12);
  EXPECT_NEAR(sign_test(1000, 0), 1, 1e-9);
}

TEST(Statistics, LeastSignificantIsTheFirstThatTheCoinHardlyShows) {
  EXPECT_EQ(least_significant(20, 0.05), 15u);  // 0.0207, where 14 has 0.0577
  EXPECT_EQ(least_significant(20, 0.01), 16u);  // 0.0059
  EXPECT_EQ(least_significant(7, 0.01), 7u);    // 1/128
  EXPECT_EQ(least_significant(1, 0.5), 1u);
  EXPECT_FALSE(least_significant(6, 0.01));
  EXPECT_FALSE(least_significant(0, 0.5));
  for (std::size_t pairs = 7; pairs < 300; ++pairs) {
    const std::size_t least = *least_significant(pairs, 0.01);
    EXPECT_LE(sign_test(pairs, least), 0.01) << pairs;
    EXPECT_GT(sign_test(pairs, least - 1), 0.01) << pairs;
  }
}

TEST(Statistics, AtLeastSumsTheBinomialDistribution) {
  EXPECT_NEAR(at_least(2, 3, 0.25), 10.0 / 64, 1e-12);
  EXPECT_NEAR(at_least(3, 3, 0.1), 0.001, 1e-12);
  EXPECT_EQ(at_least(0, 5, 0.3), 1);
  EXPECT_EQ(at_least(1, 5, 0), 0);
  EXPECT_EQ(at_least(5, 5, 1), 1);
  EXPECT_EQ(at_least(6, 5, 0.5), 0);
  EXPECT_EQ(at_least(6, 5, 1), 0);
}

TEST(Statistics, AtMostIsItsComplement) {
  EXPECT_TRUE(at_most(0).empty());
  for (const std::size_t tosses : {1u, 2u, 9u, 40u, 1000u}) {
    const std::vector<double> probabilities = at_most(tosses);
    ASSERT_EQ(probabilities.size(), tosses);
    for (std::size_t i = 0; i < tosses; ++i) {
      EXPECT_NEAR(probabilities[i], 1 - sign_test(tosses, i + 1), 1e-9) << i << " of " << tosses;
    }
  }
}

TEST(Statistics, NormalQuantileIsThatOfTheTables) {
  EXPECT_NEAR(normal_quantile(0.5), 0, 1e-9);
  EXPECT_NEAR(normal_quantile(0.975), 1.959964, 1e-6);
  EXPECT_NEAR(normal_quantile(0.8), 0.841621, 1e-6);
  EXPECT_NEAR(normal_quantile(0.01), -2.326348, 1e-6);
}

}  // namespace
}  // namespace writebench::engine
