#include "cli/text/wrap.hpp"

#include <gtest/gtest.h>

#include "cli/text/terminal.hpp"

namespace writebench::cli {
namespace {

TEST(Wrap, BreaksAtSpacesUnderTheHead) {
  EXPECT_EQ(wrapped("head: ", "some words that follow", 18), "head: some words\n      that follow");
  EXPECT_EQ(wrapped("", "short", 18), "short");
}

TEST(Wrap, CutsAWordThatHasNoRoom) {
  EXPECT_EQ(wrapped("", "aaaaaaaaaaaaaaaaaaaaaaaaa b", 10), "aaaaaaaaaa\naaaaaaaaaa\naaaaa b");
}

TEST(Wrap, TakesANameApartInTheMiddle) {
  EXPECT_EQ(cut_in_the_middle("sync-buffered@buffer-size=64KiB", 16, false), "sync-bu..e=64KiB");
  EXPECT_EQ(cut_in_the_middle("sync-buffered@buffer-size=64KiB", 15, true), "sync-bu…e=64KiB");
  EXPECT_EQ(cut_in_the_middle("sync", 4, false), "sync");
  for (std::size_t columns = 0; columns < 12; ++columns) {
    EXPECT_LE(width(cut_in_the_middle("größe-der-blöcke", columns, true)), columns);
  }
}

TEST(Wrap, LeavesOutWholeWordsAtTheEnd) {
  const std::string line = "3 s: naive-async trial 4, about 12 s left; last: sync 1.2 ms";
  EXPECT_EQ(cut_after_a_word(line, 40), "3 s: naive-async trial 4, about 12 s");
  EXPECT_EQ(cut_after_a_word(line, 41), "3 s: naive-async trial 4, about 12 s left");
  EXPECT_EQ(cut_after_a_word(line, 100), line);
  for (std::size_t columns = 4; columns < line.size(); ++columns) {
    const std::string cut = cut_after_a_word(line, columns);
    EXPECT_LE(cut.size(), columns);
    const char next = line[cut.size()];
    EXPECT_TRUE(line.starts_with(cut) && (next == ' ' || next == ',' || next == ';')) << cut;
  }
}

}  // namespace
}  // namespace writebench::cli
