#include "gate/evidence.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace writebench::gate {
namespace {

std::vector<double> one_to(int n) {
  std::vector<double> values;
  for (int i = n; i >= 1; --i) values.push_back(i);
  return values;
}

TEST(Evidence, OfPairsIsTestedByCountingThoseBeyondTheLimit) {
  const Evidence ten = Evidence::from_pairs(one_to(10));
  EXPECT_NEAR(ten.p_above(2), 56.0 / 1024, 1e-12) << "8 of 10 are above";
  EXPECT_NEAR(ten.p_above(0), 1.0 / 1024, 1e-12);
  EXPECT_NEAR(ten.p_above(10), 1, 1e-12);
  EXPECT_NEAR(ten.p_below(9), 56.0 / 1024, 1e-12) << "8 of 10 are below";
  EXPECT_NEAR(ten.p_below(11), 1.0 / 1024, 1e-12);
  EXPECT_NEAR(ten.p_below(1), 1, 1e-12);
}

TEST(Evidence, WhatIsAtTheLimitSpeaksForNeitherSide) {
  const Evidence five = Evidence::from_pairs({1, 1, 1, 1, 1});
  EXPECT_EQ(five.p_above(1), 1);
  EXPECT_EQ(five.p_below(1), 1);
  EXPECT_NEAR(five.p_above(0.999), 1.0 / 32, 1e-12);
  EXPECT_NEAR(five.p_below(1.001), 1.0 / 32, 1e-12);
}

TEST(Evidence, OfPairsHasTheMedianDifferenceAndItsInterval) {
  const Evidence twenty = Evidence::from_pairs(one_to(20));
  EXPECT_EQ(twenty.size(), 20u);
  EXPECT_EQ(twenty.difference(), 10.5);
  // At most 4 of 20 heads have a probability of 0.0059, at most 5 one of 0.0207.
  const auto interval = twenty.interval(0.01);
  ASSERT_TRUE(interval);
  EXPECT_EQ(interval->low, 5);
  EXPECT_EQ(interval->high, 16);
}

TEST(Evidence, OfRunsHasTheDifferenceOfTheMediansHeadMinusBase) {
  const Evidence runs = Evidence::from_runs(one_to(9), {21, 20, 22, 23});
  EXPECT_EQ(runs.size(), 4u);
  EXPECT_EQ(runs.difference(), 21.5 - 5);
}

TEST(Evidence, OfRunsIsTestedByIntervalsThatLieApart) {
  // All four of the head are above all four of the base: either median is beyond its extreme value with 1/16.
  const Evidence runs = Evidence::from_runs({1, 2, 3, 4}, {11, 12, 13, 14});
  EXPECT_NEAR(runs.p_above(0), 2.0 / 16, 1e-12);
  EXPECT_NEAR(runs.p_above(6.5), 2.0 / 16, 1e-12) << "11 is 7 above 4";
  EXPECT_NEAR(runs.p_above(7.5), 2 * 5.0 / 16, 1e-12) << "with 12 or 3 in place of the extremes";
  EXPECT_EQ(runs.p_above(14), 1);
  EXPECT_EQ(runs.p_below(0), 1);
  EXPECT_NEAR(runs.p_below(14), 2.0 / 16, 1e-12);
}

TEST(Evidence, OfNothingShowsNothing) {
  for (const Evidence& nothing :
       {Evidence::from_pairs({}), Evidence::from_runs({}, {}), Evidence::from_runs({1, 2, 3, 4, 5, 6, 7, 8, 9}, {})}) {
    EXPECT_EQ(nothing.size(), 0u);
    EXPECT_EQ(nothing.difference(), 0);
    EXPECT_EQ(nothing.p_above(-1e9), 1);
    EXPECT_EQ(nothing.p_below(1e9), 1);
    EXPECT_FALSE(nothing.interval(0.2));
    EXPECT_FALSE(nothing.detectable(0, 0.2));
  }
}

TEST(Evidence, HasNoIntervalWhereItIsTooSmallForOne) {
  EXPECT_FALSE(Evidence::from_pairs(one_to(6)).interval(0.01)) << "six heads in a row: 1.6 %";
  EXPECT_FALSE(Evidence::from_pairs(one_to(6)).detectable(0, 0.01));
  EXPECT_TRUE(Evidence::from_pairs(one_to(7)).interval(0.01));
  EXPECT_TRUE(Evidence::from_pairs(one_to(7)).detectable(0, 0.01));
  EXPECT_FALSE(Evidence::from_runs(one_to(7), one_to(50)).interval(0.01)) << "either side has half of the error";
  EXPECT_TRUE(Evidence::from_runs(one_to(8), one_to(50)).interval(0.01));
}

// Evidence of skewed noise: an exponential distribution of median 0, and one of three times its width.
double skewed(std::mt19937_64& random, double width) {
  return width * (std::exponential_distribution<double>()(random) - std::log(2));
}

Evidence skewed_pairs(std::mt19937_64& random, double difference) {
  std::vector<double> values;
  for (int i = 0; i < 20; ++i) values.push_back(difference + skewed(random, 1));
  return Evidence::from_pairs(std::move(values));
}

Evidence skewed_runs(std::mt19937_64& random, double difference) {
  std::vector<double> base;
  std::vector<double> head;
  for (int i = 0; i < 20; ++i) base.push_back(skewed(random, 1));
  for (int i = 0; i < 20; ++i) head.push_back(difference + skewed(random, 3));
  return Evidence::from_runs(std::move(base), std::move(head));
}

class SimulatedEvidence : public testing::TestWithParam<Evidence (*)(std::mt19937_64&, double)> {
 protected:
  static constexpr int kRuns = 4000;
  std::mt19937_64 random_{1};

  Evidence draw(double difference) { return GetParam()(random_, difference); }
  static double at_most(double alpha) { return alpha + 3 * std::sqrt(alpha * (1 - alpha) / kRuns); }
};

TEST_P(SimulatedEvidence, IntervalMissesTheTruthNoMoreOftenThanItSays) {
  for (const double alpha : {0.01, 0.05}) {
    int below = 0;
    int above = 0;
    for (int run = 0; run < kRuns; ++run) {
      const auto interval = draw(0.25).interval(alpha);
      below += interval->high < 0.25;
      above += interval->low > 0.25;
    }
    EXPECT_LE(below, at_most(alpha) * kRuns);
    EXPECT_LE(above, at_most(alpha) * kRuns);
  }
}

TEST_P(SimulatedEvidence, ClaimsWhatIsNotTrueNoMoreOftenThanItSays) {
  for (const double alpha : {0.01, 0.05}) {
    int slower = 0;
    int faster = 0;
    for (int run = 0; run < kRuns; ++run) {
      const Evidence evidence = draw(0.25);
      slower += evidence.p_above(0.25) <= alpha;
      faster += evidence.p_below(0.25) <= alpha;
    }
    EXPECT_LE(slower, at_most(alpha) * kRuns);
    EXPECT_LE(faster, at_most(alpha) * kRuns);
  }
}

TEST_P(SimulatedEvidence, ProbabilityAndIntervalSayTheSame) {
  for (int run = 0; run < 500; ++run) {
    const Evidence evidence = draw(0.5);
    const auto interval = evidence.interval(0.05);
    EXPECT_EQ(evidence.p_above(0) <= 0.05, interval->low > 0);
    EXPECT_EQ(evidence.p_below(1) <= 0.05, interval->high < 1);
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, SimulatedEvidence, testing::Values(skewed_pairs, skewed_runs),
                         [](const auto& kind) { return kind.index == 0 ? "Pairs" : "Runs"; });

// How often a difference of the size that such evidence calls detectable is shown to be above the limit.
double power_at_the_detectable(const std::function<Evidence(double)>& draw, double limit, double alpha) {
  constexpr int kRuns = 1000;
  double detectable = 0;
  for (int run = 0; run < kRuns; ++run) detectable += *draw(0).detectable(limit, alpha) / kRuns;
  int shown = 0;
  for (int run = 0; run < kRuns; ++run) shown += draw(detectable).p_above(limit) <= alpha;
  return static_cast<double>(shown) / kRuns;
}

TEST(Evidence, ShowsADetectableDifferenceInFourOfFiveCases) {
  std::mt19937_64 random(1);
  std::normal_distribution<double> noise(0, 0.05);
  const auto values = [&](double difference, int count) {
    std::vector<double> drawn;
    for (int i = 0; i < count; ++i) drawn.push_back(difference + noise(random));
    return drawn;
  };
  for (const int count : {20, 60}) {
    const auto pairs = [&](double difference) { return Evidence::from_pairs(values(difference, count)); };
    EXPECT_NEAR(power_at_the_detectable(pairs, 0.05, 0.01), 0.8, 0.05) << count;
    const auto runs = [&](double difference) {
      return Evidence::from_runs(values(0, count), values(difference, count));
    };
    EXPECT_NEAR(power_at_the_detectable(runs, 0.05, 0.01), 0.8, 0.1) << count;
  }
}

}  // namespace
}  // namespace writebench::gate
