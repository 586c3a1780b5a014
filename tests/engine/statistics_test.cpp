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

}  // namespace
}  // namespace writebench::engine
