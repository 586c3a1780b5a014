#include "engine/lines/numbered_lines.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/engine/lines/counting_observer.hpp"
#include "writebench/job.hpp"

namespace writebench::engine {
namespace {

std::string expected(std::uint64_t number) { return "line#" + std::to_string(number) + "\n"; }

std::string concatenated(const NumberedLines& content, LineRange range) {
  std::string text;
  for (const std::string_view line : Lines(content, range)) text += line;
  return text;
}

TEST(NumberedLines, AreTheOriginsLinesAcrossEveryChangeOfLength) {
  const NumberedLines content(2'000'000);
  std::uint64_t number = 0;
  for (const std::string_view line : Lines(content, {0, 1, 1'100'000})) ASSERT_EQ(line, expected(number++));
  EXPECT_EQ(number, 1'100'000u);
}

TEST(NumberedLines, AreRightFromAnyNumberInAnyStride) {
  const std::uint64_t huge = 10'000'000'000'000'000'000u;
  const NumberedLines content(UINT64_MAX);
  for (const std::uint64_t first :
       {0ul, 7ul, 99ul, 998ul, 1000ul, 999'990ul, 99'999'999'999'000ul, 100'000'000'000'000ul, huge}) {
    for (const std::uint64_t step : {1ul, 2ul, 10ul, 64ul, 999ul, 1000ul, 12'345ul}) {
      std::string text;
      for (std::uint64_t i = 0; i < 4500; ++i) text += expected(first + i * step);
      ASSERT_EQ(concatenated(content, {first, step, 4500}), text) << first << " by " << step;
    }
  }
}

// With room for a thousand lines of any length, where the heads get longer, or change in more digits than one store
// has.
TEST(NumberedLines, AreRightIfTheyAreRenderedOverOthers) {
  const NumberedLines content(UINT64_MAX);
  constexpr std::uint64_t kEach = 1000;
  std::vector<char> memory(32 * kEach);
  std::vector<std::uint32_t> lengths(kEach);
  int again = 0;
  for (const std::uint64_t first : {0ul, 1'000ul, 98'000ul, 998'500ul, 5'000'007ul, 99'999'998'500ul, 199'999'998'500ul,
                                    999'999'999'998'000ul, 99'999'999'998'000ul, 200'000'000'000'000ul}) {
    for (const std::uint64_t step : {1ul, 3ul, 10ul, 999ul, 1000ul, 12'345ul}) {
      LineRange there;
      LineRange range{first, step, 5 * kEach};
      while (range.count > 0) {
        std::uint64_t done = there.count;
        if (content.render_again(range, there, memory)) {
          ++again;
        } else {
          done = content.render(range, memory, lengths);
        }
        const char* text = memory.data();
        for (std::uint64_t i = 0; i < done; text += lengths[i++]) {
          ASSERT_EQ(std::string_view(text, lengths[i]), expected(range.first + i * step)) << first << " by " << step;
        }
        there = {range.first, step, done};
        range = {range.first + done * step, step, range.count - done};
      }
    }
  }
  EXPECT_GT(again, 60) << "of 300";
}

TEST(NumberedLines, KnowTheOffsetOfEveryLine) {
  const NumberedLines content(2'000'000);
  std::uint64_t offset = 0;
  std::uint64_t number = 0;
  for (const std::string_view line : Lines(content, {0, 1, 1'100'001})) {
    ASSERT_EQ(content.offset_bytes(number++), offset);
    offset += line.size();
  }
  EXPECT_EQ(NumberedLines(500'000).offset_bytes(500'000), 5'888'890u);
  EXPECT_EQ(NumberedLines(0).offset_bytes(0), 0u);
}

TEST(NumberedLines, RecogniseTheirOwnTextAndNothingElse) {
  const NumberedLines content(1000);
  for (const std::uint64_t number : {0u, 1u, 9u, 10u, 999u}) EXPECT_EQ(content.number_of(expected(number)), number);
  for (const char* const other :
       {"", "\n", "line#\n", "line#1", "line#01\n", "line#1000\n", "line#1 \n", "Line#1\n", "line#-1\n", "line#1\n\n",
        "line#99999999999999999999999\n", "line#18446744073709551617\n"}) {
    EXPECT_EQ(content.number_of(other), std::nullopt) << other;
  }
}

TEST(NumberedLines, BoundTheLengthOfTheirLongest) {
  for (const std::uint64_t lines : {1u, 10u, 11u, 500'000u}) {
    EXPECT_EQ(NumberedLines(lines).longest_line_bytes(), expected(lines - 1).size());
  }
}

TEST(Job, SharesTheLinesAmongWritersSoThatEachGoesToOne) {
  File file("unused", -1, {});
  for (const std::uint64_t lines : {0u, 1u, 9u, 10u, 11u, 1003u}) {
    for (const unsigned writers : {1u, 3u, 10u, 64u}) {
      const NumberedLines content(lines);
      const Job job({.lines = lines, .options = {{kWriters, writers}}}, content, file);
      std::vector<int> seen(lines, 0);
      for (unsigned writer = 0; writer < writers; ++writer) {
        std::uint64_t next = writer;
        for (const std::string_view line : job.lines(writer)) {
          ASSERT_EQ(line, expected(next));
          ++seen[next];
          next += writers;
        }
      }
      EXPECT_EQ(seen, std::vector<int>(lines, 1)) << lines << " lines, " << writers << " writers";
    }
  }
}

TEST(Job, CutsTheLinesIntoSlicesThatMeetEndToEnd) {
  File file("unused", -1, {});
  for (const std::uint64_t lines : {0u, 1u, 2u, 7u, 1003u}) {
    for (const unsigned parts : {1u, 2u, 8u}) {
      const NumberedLines content(lines);
      const Job job({.lines = lines}, content, file);
      std::uint64_t next = 0;
      const auto slices = job.slices(parts);
      ASSERT_EQ(slices.size(), parts);
      for (const Slice& slice : slices) {
        EXPECT_EQ(slice.range.first, next);
        EXPECT_EQ(slice.offset_bytes, content.offset_bytes(next));
        next += slice.range.count;
      }
      EXPECT_EQ(next, lines);
    }
  }
}

TEST(Lines, TellAnObserverOfEveryLineAndYieldTheSameOnes) {
  const NumberedLines content(1200);
  for (const std::uint64_t lines : {0u, 1u, 2u, 600u, 1200u}) {
    CountingObserver observer;
    std::uint64_t number = 0;
    for (const std::string_view line : Lines(content, {0, 1, lines}, &observer)) {
      ASSERT_EQ(line, expected(number++));
      EXPECT_EQ(observer.due, number);
      EXPECT_EQ(observer.done, number - 1);
    }
    EXPECT_EQ(number, lines);
    EXPECT_EQ(observer.due, lines);
    EXPECT_EQ(observer.done, lines);
  }
}

}  // namespace
}  // namespace writebench::engine
