#include "gate/verdict.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace writebench::gate {
namespace {

Case same_each(int pairs, double difference, double allowance = 0) {
  return {Evidence::from_pairs(std::vector<double>(static_cast<std::size_t>(pairs), difference)), allowance};
}

Verdict verdict_on(const Case& one, const Rule& rule = {}) { return judge({one}, rule).front().verdict; }

// The values of R's p.adjust(method = "holm").
TEST(Verdict, HolmsCorrectionGivesKnownValues) {
  const auto adjusted = holm({0.01, 0.04, 0.03, 0.005});
  const std::vector<double> known{0.03, 0.06, 0.06, 0.02};
  ASSERT_EQ(adjusted.size(), known.size());
  for (std::size_t i = 0; i < known.size(); ++i) EXPECT_NEAR(adjusted[i], known[i], 1e-12);
  EXPECT_EQ(holm({0.6, 0.9}), (std::vector<double>{1, 1}));
  EXPECT_EQ(holm({0.02}), std::vector<double>{0.02});
  EXPECT_TRUE(holm({}).empty());
}

TEST(Verdict, NothingIsJudgedOfNothing) { EXPECT_TRUE(judge({}, Rule{}).empty()); }

TEST(Verdict, EachComesFromWhereTheDifferencesLie) {
  EXPECT_EQ(verdict_on(same_each(20, std::log(1.10))), Verdict::kSlower);
  EXPECT_EQ(verdict_on(same_each(20, -std::log(1.10))), Verdict::kFaster);
  EXPECT_EQ(verdict_on(same_each(20, std::log(1.01))), Verdict::kSame);
  EXPECT_EQ(verdict_on(same_each(20, 0)), Verdict::kSame);
  std::vector<double> either(10, 0.0);
  either.insert(either.end(), 10, 0.2);
  EXPECT_EQ(verdict_on({Evidence::from_pairs(either)}), Verdict::kInconclusive);
  EXPECT_EQ(verdict_on(same_each(0, 0)), Verdict::kInconclusive);
}

TEST(Verdict, ADifferenceAtTheLimitIsNone) {
  const double limit = limit_of(Rule{}, 0);
  EXPECT_NEAR(limit, std::log(1.05), 1e-12);
  EXPECT_EQ(verdict_on(same_each(50, limit)), Verdict::kInconclusive);
  EXPECT_EQ(verdict_on(same_each(50, -limit)), Verdict::kInconclusive);
}

TEST(Verdict, AnAllowanceWidensTheLimitOnBothSides) {
  for (const double sign : {1.0, -1.0}) {
    const double difference = sign * std::log(1.10);
    EXPECT_NE(verdict_on(same_each(20, difference)), Verdict::kSame);
    EXPECT_EQ(verdict_on(same_each(20, difference, 0.1)), Verdict::kSame);
  }
}

TEST(Verdict, TheThresholdMayBeNothing) {
  EXPECT_EQ(verdict_on(same_each(20, 1e-6), {.threshold = 0}), Verdict::kSlower);
  EXPECT_EQ(verdict_on(same_each(20, 0), {.threshold = 0}), Verdict::kInconclusive);
}

TEST(Verdict, ManyCellsNeedStrongerEvidenceThanOne) {
  // Seven of seven pairs: 1/128, which is within 1 % alone and not as one of two.
  const Case seven = same_each(7, 0.2);
  EXPECT_EQ(verdict_on(seven), Verdict::kSlower);
  const auto two = judge({seven, seven}, Rule{});
  for (const Judgement& judgement : two) {
    EXPECT_EQ(judgement.verdict, Verdict::kInconclusive);
    EXPECT_NEAR(judgement.p_slower, 2.0 / 128, 1e-12);
    EXPECT_EQ(judgement.p_faster, 1);
  }
  // What is certain of the one leaves the whole error to the other.
  const auto beside = judge({seven, same_each(60, 0.2)}, Rule{});
  EXPECT_EQ(beside[0].verdict, Verdict::kSlower);
  EXPECT_EQ(beside[1].verdict, Verdict::kSlower);
}

TEST(Verdict, TellsWhatCouldHaveBeenSeen) {
  const Judgement judgement = judge({same_each(20, 0)}, Rule{}).front();
  ASSERT_TRUE(judgement.detectable && judgement.interval);
  EXPECT_NEAR(*judgement.detectable, limit_of(Rule{}, 0), 1e-12) << "there is no noise";
  EXPECT_EQ(judgement.interval->low, 0);
  EXPECT_EQ(judgement.interval->high, 0);
  EXPECT_FALSE(judge({same_each(5, 0)}, Rule{}).front().detectable);
}

}  // namespace
}  // namespace writebench::gate
