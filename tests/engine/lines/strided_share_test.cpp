#include "engine/lines/strided_share.hpp"

#include <gtest/gtest.h>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/sized_lines.hpp"

namespace writebench::engine {
namespace {

std::string text_of(const Content& content, LineRange range) {
  std::string text;
  for (const std::string_view line : Lines(content, range)) text += line;
  return text;
}

TEST(StridedShare, HasTheLinesOfOneWriter) {
  for (const std::uint64_t lines : {0u, 1u, 2u, 3u, 10u, 11u, 3001u, 20'001u}) {
    const NumberedLines whole(lines);
    std::uint64_t lines_in_all = 0;
    for (unsigned writer = 0; writer < 3; ++writer) {
      const StridedShare share(whole, writer, 3);
      lines_in_all += share.lines();
      EXPECT_EQ(text_of(share, {0, 1, share.lines()}), text_of(whole, {writer, 3, share.lines()}));
      EXPECT_EQ(share.offset_bytes(share.lines()), text_of(share, {0, 1, share.lines()}).size());
    }
    EXPECT_EQ(lines_in_all, lines);
  }
}

TEST(StridedShare, KnowsItsLinesByTheirTextsAndNoOthers) {
  const NumberedLines whole(100);
  const StridedShare share(whole, 2, 5);
  EXPECT_EQ(share.number_of("line#2\n"), 0u);
  EXPECT_EQ(share.number_of("line#97\n"), 19u);
  EXPECT_EQ(share.number_in_whole(19), 97u);
  EXPECT_FALSE(share.number_of("line#3\n"));
  EXPECT_FALSE(share.number_of("line#102\n"));
}

TEST(StridedShare, OfASingleWriterIsTheWhole) {
  const SizedLines whole(500, {1, 300, 7});
  const StridedShare share(whole, 0, 1);
  EXPECT_EQ(share.offset_bytes(123), whole.offset_bytes(123));
  EXPECT_EQ(text_of(share, {0, 1, 500}), text_of(whole, {0, 1, 500}));
}

}  // namespace
}  // namespace writebench::engine
