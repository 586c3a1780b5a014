#include "advise/shortfalls.hpp"

#include <gtest/gtest.h>

namespace writebench::advise {
namespace {

using reports::Hurdle;

const Failure kSlow{Hurdle::kLinesPerSecond, 1000, 500};
const Failure kSlower{Hurdle::kLinesPerSecond, 1000, 250};
const Failure kStalls{Hurdle::kMaxStall, 100, 150};

TEST(Shortfalls, NameNothingIfAFinalistFulfilsEverything) {
  Shortfalls shortfalls;
  shortfalls.add("a", {kSlow});
  shortfalls.add("b", {});
  EXPECT_TRUE(shortfalls.nearest({{.cell = "b"}}).empty());
  EXPECT_EQ(shortfalls.nearest({{.cell = "a"}}).size(), 1u) << "b is no finalist";
}

TEST(Shortfalls, NameWhoComesNearestAndFailsNothingElse) {
  Shortfalls shortfalls;
  shortfalls.add("slower", {kSlower});
  shortfalls.add("slow", {kSlow});
  shortfalls.add("both", {{Hurdle::kLinesPerSecond, 1000, 900}, kStalls});
  const auto nearest = shortfalls.nearest({});
  ASSERT_EQ(nearest.size(), 1u);
  EXPECT_EQ(nearest[0].constraint, Hurdle::kLinesPerSecond);
  EXPECT_EQ(nearest[0].cell, "slow");
  EXPECT_DOUBLE_EQ(nearest[0].asked, 1000);
  EXPECT_DOUBLE_EQ(nearest[0].found, 500);
}

TEST(Shortfalls, NameEachConstraintThatWouldDoAlone) {
  Shortfalls shortfalls;
  shortfalls.add("slow", {kSlow});
  shortfalls.add("stalls", {kStalls});
  const auto nearest = shortfalls.nearest({});
  ASSERT_EQ(nearest.size(), 2u);
  EXPECT_EQ(nearest[0].cell, "slow");
  EXPECT_EQ(nearest[1].cell, "stalls");
}

TEST(Shortfalls, NameWhatFailsSeveralIfNothingFailsOneAlone) {
  Shortfalls shortfalls;
  shortfalls.add("both", {kSlow, kStalls});
  EXPECT_EQ(shortfalls.nearest({}).size(), 2u);
}

TEST(Shortfalls, LeaveOutWhatWasPartlyTriedIfAnythingElseWas) {
  Shortfalls shortfalls;
  shortfalls.add_partly_tried("fast at first", {{Hurdle::kLinesPerSecond, 1000, 990}});
  EXPECT_EQ(shortfalls.nearest({}).size(), 1u);
  shortfalls.add("slow", {kSlow});
  const auto nearest = shortfalls.nearest({});
  ASSERT_EQ(nearest.size(), 1u);
  EXPECT_EQ(nearest[0].cell, "slow");
}

TEST(Shortfalls, LeaveOutWhatIsNotKnown) {
  Shortfalls shortfalls;
  shortfalls.add("unknown", {{Hurdle::kMaxMemory, 1000, 0}});
  EXPECT_TRUE(shortfalls.nearest({}).empty());
}

}  // namespace
}  // namespace writebench::advise
