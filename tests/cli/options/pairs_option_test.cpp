#include "cli/options/pairs_option.hpp"

#include <gtest/gtest.h>

#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

TEST(Pairs, AskedForAreTakenHoweverLongTheyTake) {
  const gate::InterimLooks looks = parse_pairs("100");
  EXPECT_EQ(looks.pairs, 100u);
  for (const auto kind : {Durability::Kind::kNone, Durability::Kind::kLine}) {
    EXPECT_EQ(gate::most_pairs(looks, std::chrono::hours(1), {kind}), 100u);
  }
}

TEST(Pairs, AreByThemselvesAsManyAsTheTimeAllows) {
  EXPECT_EQ(gate::most_pairs(parse_pairs({}), std::chrono::hours(1), {}), 60u);
  EXPECT_EQ(gate::most_pairs(parse_pairs({}), {}, {}), 540u);
}

TEST(Pairs, ThatAreNoNumberAreRefused) {
  for (const char* const text : {"0", "x", "-1", "1000000"}) EXPECT_THROW(parse_pairs(text), UsageError) << text;
}

}  // namespace
}  // namespace writebench::cli
