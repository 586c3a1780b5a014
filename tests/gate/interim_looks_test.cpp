#include "gate/interim_looks.hpp"

#include <gtest/gtest.h>

namespace writebench::gate {
namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<std::size_t>;

TEST(Schedule, EachLookHasAThirdOfTheNextAndTwentyOrMore) {
  EXPECT_EQ(schedule({}), (Numbers{20, 60, 180, 540}));
  EXPECT_EQ(schedule({.pairs = 60}), (Numbers{20, 60}));
  EXPECT_EQ(schedule({.pairs = 59}), Numbers{59});
  EXPECT_EQ(schedule({.pairs = 100}), (Numbers{33, 100}));
  EXPECT_EQ(schedule({.pairs = 2000}), (Numbers{24, 74, 222, 666, 2000}));
  EXPECT_EQ(schedule({.pairs = 1}), Numbers{1});
}

TEST(MostPairs, AreThoseOfTheLastLookThatIsInTime) {
  EXPECT_EQ(most_pairs({}, 0ns, {}), 540u);
  EXPECT_EQ(most_pairs({}, 55ms, {}), 540u);
  EXPECT_EQ(most_pairs({}, 56ms, {}), 180u);
  EXPECT_EQ(most_pairs({}, 167ms, {}), 60u);
}

TEST(MostPairs, MayTakeLongerWithSyncs) {
  const Durability line{Durability::Kind::kLine};
  EXPECT_EQ(most_pairs({}, 222ms, line), 540u);
  EXPECT_EQ(most_pairs({}, 223ms, line), 180u);
  EXPECT_EQ(most_pairs({}, 667ms, line), 60u);
  EXPECT_EQ(most_pairs({.syncing_time = std::nullopt}, 1h, line), 540u);
}

TEST(MostPairs, AreAtLeastSixtyHoweverLongTheyTake) {
  EXPECT_EQ(most_pairs({}, 1h, {}), 60u);
  EXPECT_EQ(most_pairs({.pairs = 2000}, 1h, {}), 74u);
}

TEST(MostPairs, AreAllWithoutALimitOrWhereFewAreAskedFor) {
  EXPECT_EQ(most_pairs({.time = std::nullopt}, 1h, {}), 540u);
  EXPECT_EQ(most_pairs({.pairs = 30}, 1h, {}), 30u);
}

}  // namespace
}  // namespace writebench::gate
