#include "cli/options/did_you_mean.hpp"

#include <gtest/gtest.h>

namespace writebench::cli {
namespace {

const std::vector<std::string> kNames{"null",    "sync", "sync-buffered", "buffered", "double-buffered",
                                      "--lines", "list"};

std::string answer(const std::string& name) { return "; did you mean '" + name + "'?"; }

TEST(Suggestion, IsTheNameWithTheFewestLettersWrong) {
  EXPECT_EQ(did_you_mean("snyc", kNames), answer("sync"));
  EXPECT_EQ(did_you_mean("synk", kNames), answer("sync"));
  EXPECT_EQ(did_you_mean("nul", kNames), answer("null"));
  EXPECT_EQ(did_you_mean("bufered", kNames), answer("buffered"));
  EXPECT_EQ(did_you_mean("double_buffered", kNames), answer("double-buffered"));
  EXPECT_EQ(did_you_mean("--line", kNames), answer("--lines"));
  EXPECT_EQ(did_you_mean("lists", kNames), answer("list"));
}

TEST(Suggestion, IsTheNameThatIsBegun) {
  EXPECT_EQ(did_you_mean("double", kNames), answer("double-buffered"));
  EXPECT_EQ(did_you_mean("sync-", kNames), answer("sync"));
}

TEST(Suggestion, IsTheNameThatIsContinued) {
  EXPECT_EQ(did_you_mean("--linesperfile", kNames), answer("--lines"));
  EXPECT_EQ(did_you_mean("null-twice", kNames), answer("null"));
}

TEST(Suggestion, IsMissingWhereNothingIsNear) {
  EXPECT_EQ(did_you_mean("postgresql", kNames), "");
  EXPECT_EQ(did_you_mean("", kNames), "");
  EXPECT_EQ(did_you_mean("sync", {}), "");
}

}  // namespace
}  // namespace writebench::cli
