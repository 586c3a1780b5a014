#include "cli/options/sweep.hpp"

#include <gtest/gtest.h>

#include "cli/options/parse_quantity.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

using Numbers = std::vector<std::uint64_t>;

Numbers sizes(std::string_view text) {
  return parse_sweep("--size", text, [](auto option, auto part) { return parse_size(option, part, {.least = 1}); });
}

std::string complaint(std::string_view text) {
  try {
    sizes(text);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "";
}

TEST(Sweep, IsAListARangeOrBothInTheOrderGiven) {
  EXPECT_EQ(sizes("7"), Numbers{7});
  EXPECT_EQ(sizes("4KiB,1,64KiB"), (Numbers{4096, 1, 65536}));
  EXPECT_EQ(sizes("4KiB..1MiB*4"), (Numbers{4096, 16384, 65536, 262144, 1048576}));
  EXPECT_EQ(sizes("1..16+5"), (Numbers{1, 6, 11, 16}));
  EXPECT_EQ(sizes("512..4MiB*2").size(), 14u);
  EXPECT_EQ(sizes("1..3+1,10,20..40+10"), (Numbers{1, 2, 3, 10, 20, 30, 40}));
}

TEST(Sweep, DoesNotGoBeyondItsEndAndHasEachValueOnce) {
  EXPECT_EQ(sizes("1..10*3"), (Numbers{1, 3, 9}));
  EXPECT_EQ(sizes("1..10+4"), (Numbers{1, 5, 9}));
  EXPECT_EQ(sizes("5..5*2"), Numbers{5});
  EXPECT_EQ(sizes("2,1..4*2,4"), (Numbers{2, 1, 4}));
  EXPECT_EQ(sizes("9223372036854775807..18446744073709551615*2").size(), 2u) << "no overflow";
}

TEST(Sweep, SaysWhatIsWrongWithARange) {
  for (const char* const text :
       {"1..", "1..4", "1..4*", "1..4*1", "1..4+0", "4..1*2", "..4*2", "1,,2", "1..4/2", "1..1e9+1", ",", "1..x*2"}) {
    EXPECT_TRUE(complaint(text).starts_with("--size '")) << text << ": " << complaint(text);
  }
}

TEST(Sweep, SaysHowToWriteANumberWhoseDigitsAreGrouped) {
  EXPECT_EQ(complaint("1,000,000"), "--size '1,000,000' has commas in it; write 1000000");
  EXPECT_EQ(complaint("1,050"), "--size '1,050' has commas in it; write 1050");
  EXPECT_EQ(complaint("500,000,001"), "--size '500,000,001' has commas in it; write 500000001");
  EXPECT_EQ(complaint("10,000,5"), "--size '10,000,5' has commas in it; write each number without them");
  EXPECT_EQ(sizes("100,200,300"), (Numbers{100, 200, 300})) << "a list, too";
  EXPECT_EQ(sizes("1,10"), (Numbers{1, 10}));
}

TEST(Sweep, OfWordsIsTheirList) {
  EXPECT_EQ(parse_list("--file", "new"), std::vector<std::string>{"new"});
  EXPECT_EQ(parse_list("--file", "new,overwrite,new"), (std::vector<std::string>{"new", "overwrite"}));
  EXPECT_THROW(parse_list("--file", ""), UsageError);
}

}  // namespace
}  // namespace writebench::cli
