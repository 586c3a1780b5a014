#include "advise/attempts.hpp"

#include <gtest/gtest.h>

namespace writebench::advise {
namespace {

using reports::Hurdle;

const Failure kSlow{Hurdle::kLinesPerSecond, 1000, 500};
const Failure kSlower{Hurdle::kLinesPerSecond, 1000, 250};
const Failure kStalls{Hurdle::kMaxStall, 100, 150};

TEST(Attempts, NameNothingIfAFinalistFulfilsEverything) {
  Attempts attempts;
  attempts.add("a", {kSlow});
  attempts.add("b", {});
  EXPECT_TRUE(attempts.nearest({{.cell = "b"}}).empty());
  EXPECT_EQ(attempts.nearest({{.cell = "a"}}).size(), 1u) << "b is no finalist";
}

TEST(Attempts, NameWhoComesNearestAndFailsNothingElse) {
  Attempts attempts;
  attempts.add("slower", {kSlower});
  attempts.add("slow", {kSlow});
  attempts.add("both", {{Hurdle::kLinesPerSecond, 1000, 900}, kStalls});
  const auto nearest = attempts.nearest({});
  ASSERT_EQ(nearest.size(), 1u);
  EXPECT_EQ(nearest[0].constraint, Hurdle::kLinesPerSecond);
  EXPECT_EQ(nearest[0].cell, "slow");
  EXPECT_DOUBLE_EQ(nearest[0].asked, 1000);
  EXPECT_DOUBLE_EQ(nearest[0].found, 500);
}

TEST(Attempts, NameEachConstraintThatWouldDoAlone) {
  Attempts attempts;
  attempts.add("slow", {kSlow});
  attempts.add("stalls", {kStalls});
  const auto nearest = attempts.nearest({});
  ASSERT_EQ(nearest.size(), 2u);
  EXPECT_EQ(nearest[0].cell, "slow");
  EXPECT_EQ(nearest[1].cell, "stalls");
}

TEST(Attempts, NameWhatFailsSeveralIfNothingFailsOneAlone) {
  Attempts attempts;
  attempts.add("both", {kSlow, kStalls});
  EXPECT_EQ(attempts.nearest({}).size(), 2u);
}

TEST(Attempts, LeaveOutWhatWasPartlyTriedIfAnythingElseWas) {
  Attempts attempts;
  attempts.add_partly_tried("fast at first", {{Hurdle::kLinesPerSecond, 1000, 990}});
  EXPECT_EQ(attempts.nearest({}).size(), 1u);
  attempts.add("slow", {kSlow});
  const auto nearest = attempts.nearest({});
  ASSERT_EQ(nearest.size(), 1u);
  EXPECT_EQ(nearest[0].cell, "slow");
}

TEST(Attempts, LeaveOutWhatIsNotKnown) {
  Attempts attempts;
  attempts.add("unknown", {{Hurdle::kMaxMemory, 1000, 0}});
  EXPECT_TRUE(attempts.nearest({}).empty());
}

}  // namespace
}  // namespace writebench::advise
