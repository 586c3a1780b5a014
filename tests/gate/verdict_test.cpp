#include "gate/verdict.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace writebench::gate {
namespace {

Case same_each(int pairs, double difference, double allowance = 0) {
  return {Evidence::from_pairs(std::vector<double>(static_cast<std::size_t>(pairs), difference)), allowance};
}

PairVerdict verdict_on(const Case& one, const Rule& rule = {}) { return judge({one}, rule).front().verdict; }

// The values of R's p.adjust(method = "holm").
TEST(PairVerdict, HolmsCorrectionGivesKnownValues) {
  const auto adjusted = holm({0.01, 0.04, 0.03, 0.005});
  const std::vector<double> known{0.03, 0.06, 0.06, 0.02};
  ASSERT_EQ(adjusted.size(), known.size());
  for (std::size_t i = 0; i < known.size(); ++i) EXPECT_NEAR(adjusted[i], known[i], 1e-12);
  EXPECT_EQ(holm({0.6, 0.9}), (std::vector<double>{1, 1}));
  EXPECT_EQ(holm({0.02}), std::vector<double>{0.02});
  EXPECT_TRUE(holm({}).empty());
}

TEST(PairVerdict, NothingIsJudgedOfNothing) { EXPECT_TRUE(judge({}, Rule{}).empty()); }

TEST(PairVerdict, EachComesFromWhereTheDifferencesLie) {
  EXPECT_EQ(verdict_on(same_each(20, std::log(1.10))), PairVerdict::kSlower);
  EXPECT_EQ(verdict_on(same_each(20, -std::log(1.10))), PairVerdict::kFaster);
  EXPECT_EQ(verdict_on(same_each(20, std::log(1.01))), PairVerdict::kSame);
  EXPECT_EQ(verdict_on(same_each(20, 0)), PairVerdict::kSame);
  std::vector<double> either(10, 0.0);
  either.insert(either.end(), 10, 0.2);
  EXPECT_EQ(verdict_on({Evidence::from_pairs(either)}), PairVerdict::kInconclusive);
  EXPECT_EQ(verdict_on(same_each(0, 0)), PairVerdict::kInconclusive);
}

TEST(PairVerdict, ADifferenceAtTheLimitIsNone) {
  const double limit = limit_of(Rule{}, 0);
  EXPECT_NEAR(limit, std::log(1.05), 1e-12);
  EXPECT_EQ(verdict_on(same_each(50, limit)), PairVerdict::kInconclusive);
  EXPECT_EQ(verdict_on(same_each(50, -limit)), PairVerdict::kInconclusive);
}

TEST(PairVerdict, AnAllowanceWidensTheLimitOnBothSides) {
  for (const double sign : {1.0, -1.0}) {
    const double difference = sign * std::log(1.10);
    EXPECT_NE(verdict_on(same_each(20, difference)), PairVerdict::kSame);
    EXPECT_EQ(verdict_on(same_each(20, difference, 0.1)), PairVerdict::kSame);
  }
}

TEST(PairVerdict, TheThresholdMayBeNothing) {
  EXPECT_EQ(verdict_on(same_each(20, 1e-6), {.threshold = 0}), PairVerdict::kSlower);
  EXPECT_EQ(verdict_on(same_each(20, 0), {.threshold = 0}), PairVerdict::kInconclusive);
}

TEST(PairVerdict, ManyCellsNeedStrongerEvidenceThanOne) {
  // Seven of seven pairs: 1/128, which is within 1 % alone and not as one of two.
  const Case seven = same_each(7, 0.2);
  EXPECT_EQ(verdict_on(seven), PairVerdict::kSlower);
  const auto two = judge({seven, seven}, Rule{});
  for (const Judgement& judgement : two) {
    EXPECT_EQ(judgement.verdict, PairVerdict::kInconclusive);
    EXPECT_NEAR(judgement.p_slower, 2.0 / 128, 1e-12);
    EXPECT_EQ(judgement.p_faster, 1);
  }
  // What is certain of the one leaves the whole error to the other.
  const auto beside = judge({seven, same_each(60, 0.2)}, Rule{});
  EXPECT_EQ(beside[0].verdict, PairVerdict::kSlower);
  EXPECT_EQ(beside[1].verdict, PairVerdict::kSlower);
}

TEST(PairVerdict, TellsWhatCouldHaveBeenSeen) {
  const Judgement judgement = judge({same_each(20, 0)}, Rule{}).front();
  ASSERT_TRUE(judgement.detectable && judgement.interval);
  EXPECT_NEAR(*judgement.detectable, limit_of(Rule{}, 0), 1e-12) << "there is no noise";
  EXPECT_EQ(judgement.interval->low, 0);
  EXPECT_EQ(judgement.interval->high, 0);
  EXPECT_FALSE(judge({same_each(5, 0)}, Rule{}).front().detectable);
}

}  // namespace
}  // namespace writebench::gate
