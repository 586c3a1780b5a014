#include "engine/lines/sized_lines.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/verification/verify.hpp"
#include "tests/engine/lines/counting_observer.hpp"
#include "tests/engine/trial/memory_file.hpp"

namespace writebench::engine {
namespace {

std::string line_of(std::uint64_t number, std::size_t bytes) {
  std::string line = "line#";
  line += std::to_string(number);
  if (line.size() + 1 < bytes) line += " ";
  if (line.size() + 1 < bytes) line += std::string(bytes - line.size() - 1, '.');
  return line + "\n";
}

std::vector<std::string> walk(const Content& content, LineRange range) {
  std::vector<std::string> lines;
  for (const std::string_view line : Lines(content, range)) lines.emplace_back(line);
  return lines;
}

std::size_t bytes_of(const Content& content, std::uint64_t number) { return walk(content, {number, 1, 1})[0].size(); }

TEST(SizedLines, AreCountersPaddedToTheLengthAskedFor) {
  const SizedLines twelve(100, {12, 12});
  EXPECT_EQ(walk(twelve, {9, 1, 2}), (std::vector<std::string>{"line#9 ....\n", "line#10 ...\n"}));
  EXPECT_EQ(walk(SizedLines(100, {8, 8}), {9, 1, 2}), (std::vector<std::string>{"line#9 \n", "line#10\n"}));
  EXPECT_EQ(walk(SizedLines(100, {7, 7}), {9, 1, 2}), (std::vector<std::string>{"line#9\n", "line#10\n"}));
  EXPECT_EQ(walk(SizedLines(100, {1, 1}), {9, 1, 2}), (std::vector<std::string>{"line#9\n", "line#10\n"}));
}

TEST(SizedLines, AreOfExactlyOneLengthFromAnyNumberInAnyStride) {
  for (const std::size_t bytes : {1u, 10u, 12u, 31u, 32u, 33u, 100u, 255u, 256u, 257u, 300u, 9000u}) {
    const SizedLines content(UINT64_MAX, {bytes, bytes});
    for (const std::uint64_t first :
         {0ul, 98ul, 998ul, 999'990ul, 99'999'999'999'990ul, 100'000'000'000'000ul, 10'000'000'000'000'000'000ul}) {
      for (const std::uint64_t step : {1ul, 10ul, 999ul, 12'345ul}) {
        std::uint64_t number = first;
        for (const std::string_view line : Lines(content, {first, step, 40})) {
          ASSERT_EQ(line, line_of(number, bytes)) << bytes;
          number += step;
        }
        ASSERT_EQ(number, first + 40 * step);
      }
    }
  }
}

// From a program in another language, after the formula in the header.
TEST(SizedLines, DrawTheLengthsOfTheirFormula) {
  const std::vector<std::uint64_t> numbers = {0, 1, 2, 3, 999, 1000, 123456};
  const std::map<std::vector<std::size_t>, std::vector<std::size_t>> known = {
      {{12, 1000, 1}, {147, 325, 880, 85, 650, 94, 218}},
      {{1, SizedLines::kMostBytes, 7}, {3316, 7, 136465535, 183925, 222617, 20242606, 40}},
      {{100, 101, 0}, {101, 100, 100, 101, 100, 100, 101}},
  };
  for (const auto& [sizes, bytes] : known) {
    const SizedLines content(200'000, {sizes[0], sizes[1], sizes[2]});
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      EXPECT_EQ(content.offset_bytes(numbers[i] + 1) - content.offset_bytes(numbers[i]), bytes[i]) << numbers[i];
    }
  }
  EXPECT_EQ(SizedLines(500'000, {12, 1000, 1}).offset_bytes(500'000), 111'686'553u);
}

TEST(SizedLines, AreRightInARangeOfLengthsInAnyStride) {
  for (const std::size_t most : {40u, 1000u, 20'000u}) {
    const SizedLines content(3'000'000, {1, most, 5});
    std::vector<std::size_t> bytes;
    for (std::uint64_t line = 0; line < 3000; ++line) bytes.push_back(bytes_of(content, line));
    for (const std::uint64_t step : {1u, 2u, 64u, 2999u}) {
      std::uint64_t number = 0;
      for (const std::string_view line : Lines(content, {0, step, 2999 / step + 1})) {
        ASSERT_EQ(line, line_of(number, bytes[number]));
        ASSERT_LE(line.size(), most);
        number += step;
      }
    }
  }
}

TEST(SizedLines, HaveAsManyLinesInEachDoublingOfTheLength) {
  const SizedLines content(20'000, {16, 16 * 1024 - 1, 3});
  std::map<std::uint64_t, int> by_doubling;
  for (const std::string_view line : Lines(content, {0, 1, 20'000})) {
    std::uint64_t doubling = 0;
    for (std::size_t bytes = line.size(); bytes >= 32; bytes /= 2) ++doubling;
    ++by_doubling[doubling];
  }
  EXPECT_EQ(by_doubling.size(), 10u);
  for (const auto& [doubling, lines] : by_doubling) EXPECT_NEAR(lines, 2000, 200) << doubling;
}

TEST(SizedLines, DependOnTheSeedAndOnlyWhereThereIsARange) {
  EXPECT_EQ(walk(SizedLines(100, {10, 90, 1}), {0, 1, 100}), walk(SizedLines(50'000, {10, 90, 1}), {0, 1, 100}));
  EXPECT_NE(walk(SizedLines(100, {10, 90, 1}), {0, 1, 100}), walk(SizedLines(100, {10, 90, 2}), {0, 1, 100}));
  EXPECT_EQ(walk(SizedLines(100, {20, 20, 1}), {0, 1, 100}), walk(SizedLines(100, {20, 20, 2}), {0, 1, 100}));
}

TEST(SizedLines, KnowTheOffsetOfEveryLine) {
  for (const LineSizes& sizes : {LineSizes{12, 12}, {1, 1}, {9, 9}, {100, 100}, {1, 30, 4}, {50, 200, 5}}) {
    const SizedLines content(110'000, sizes);
    std::uint64_t offset = 0;
    std::uint64_t number = 0;
    for (const std::string_view line : Lines(content, {0, 1, 110'000})) {
      if (number % 97 == 0 || number % 4096 < 2) {
        ASSERT_EQ(content.offset_bytes(number), offset) << number << " of " << sizes.least_bytes;
      }
      offset += line.size();
      ++number;
    }
    EXPECT_EQ(content.offset_bytes(110'000), offset);
  }
  EXPECT_EQ(SizedLines(0, {5, 50}).offset_bytes(0), 0u);
  EXPECT_EQ(SizedLines(0, {50, 50}).offset_bytes(0), 0u);
  EXPECT_EQ(SizedLines(8192, {50, 60}).offset_bytes(8192), SizedLines(9000, {50, 60}).offset_bytes(8192));
  EXPECT_EQ(SizedLines(1'000'000'000'000, {100, 100}).offset_bytes(1'000'000'000'000), 100'000'000'000'000u);
}

TEST(SizedLines, RecogniseTheirOwnTextAndNothingElse) {
  for (const LineSizes& sizes : {LineSizes{7, 7}, {8, 8}, {14, 14}, {20, 20}, {100, 100}, {1, 40, 3}, {13, 300, 4}}) {
    const std::uint64_t lines = 123'456'789;
    const SizedLines all(sizes.least_bytes == sizes.most_bytes ? lines : 10'050, sizes);
    for (const std::uint64_t number : {0u, 1u, 9u, 10u, 999u, 1000u, 10'049u}) {
      const std::string line = walk(all, {number, 1, 1})[0];
      ASSERT_EQ(all.number_of(line), number) << line;
      EXPECT_EQ(SizedLines(number, sizes).number_of(line), std::nullopt);
      for (std::size_t byte = 0; byte < line.size(); ++byte) {
        for (const char other : {'\0', '\n', ' ', '.', '0', '7', ':', '/', '\xae', '\xff'}) {
          if (line[byte] == other) continue;
          std::string wrong = line;
          wrong[byte] = other;
          const std::optional<std::uint64_t> found = all.number_of(wrong);
          if (found) {
            EXPECT_EQ(wrong, walk(all, {*found, 1, 1})[0]);  // another line: a digit for a digit
          }
        }
        EXPECT_EQ(all.number_of(line.substr(0, byte)), std::nullopt) << line;
      }
      EXPECT_EQ(all.number_of(line + "\n"), std::nullopt);
      EXPECT_EQ(all.number_of(line.substr(0, line.size() - 1) + ".\n"), std::nullopt);
      EXPECT_EQ(all.number_of("line#0" + line.substr(5)), std::nullopt);
    }
  }
  const SizedLines most(UINT64_MAX, {30, 30});
  for (const std::uint64_t number : {9'999'999ul, 10'000'000ul, 123'456'789'012ul, 18'446'744'073'709'551'614ul}) {
    EXPECT_EQ(most.number_of(line_of(number, 30)), number);
  }
  for (const char* const none :
       {"", "\n", "line#\n", "line# ......................\n", "line#18446744073709551617 ...\n",
        "line#99999999999999999999 ...\n", "line#+7 .....................\n"}) {
    EXPECT_EQ(most.number_of(none), std::nullopt) << none;
  }
}

TEST(SizedLines, BoundTheLengthOfTheirLongest) {
  EXPECT_EQ(SizedLines(1000, {100, 100}).longest_line_bytes(), 100u);
  EXPECT_EQ(SizedLines(1000, {10, 200}).longest_line_bytes(), 200u);
  EXPECT_EQ(SizedLines(1000, {5, 5}).longest_line_bytes(), 9u);
  EXPECT_EQ(SizedLines(0, {5, 5}).longest_line_bytes(), 7u);
}

TEST(SizedLines, OverwriteNoMoreThanTheSlackAfterTheLastLine) {
  for (const LineSizes& sizes : {LineSizes{7, 7}, {12, 12}, {100, 100}, {500, 500}, {1, 600, 3}}) {
    const SizedLines content(100'000, sizes);
    for (std::size_t room = content.longest_line_bytes(); room < 1200; room += 7) {
      std::string text(room + Content::kSlackBytes + 64, '#');
      std::vector<std::uint32_t> lengths(64);
      const std::span<char> span(text.data(), room + Content::kSlackBytes);
      const std::size_t done = content.render({996, 1, 50}, span, lengths);
      ASSERT_GE(done, 1u);
      std::size_t at = 0;
      for (std::size_t i = 0; i < done; ++i) {
        ASSERT_EQ(text.substr(at, lengths[i]), walk(content, {996 + i, 1, 1})[0]);
        at += lengths[i];
      }
      ASSERT_LE(at, room);
      ASSERT_EQ(text.substr(room + Content::kSlackBytes), std::string(64, '#'));
    }
  }
}

TEST(SizedLines, RefuseLengthsThatAreNotInOrder) {
  for (const LineSizes& sizes : {LineSizes{0, 10}, {11, 10}, {10, SizedLines::kMostBytes + 1}}) {
    EXPECT_THROW(SizedLines(1, sizes), std::invalid_argument);
  }
}

TEST(SizedLines, AreVerifiedInEveryOrder) {
  const MemoryFile file;
  for (const LineSizes& sizes : {LineSizes{40, 40}, {10, 3000, 8}}) {
    const SizedLines content(20'000, sizes);
    std::string bytes;
    for (const std::string_view line : Lines(content, {0, 1, 20'000})) bytes += line;
    for (const Order order : {Order::kGlobal, Order::kPerWriter, Order::kNone}) {
      EXPECT_TRUE(verify(file.holding(bytes), content, order, 10).right);
      std::string wrong = bytes;
      const std::size_t middle = wrong.find('.', bytes.size() / 2);
      wrong[middle] = ',';
      const Verification verification = verify(file.holding(wrong), content, order, 10);
      EXPECT_FALSE(verification.right);
      ASSERT_EQ(verification.damages.size(), 2u) << verification.describe();
      EXPECT_EQ(verification.damages[0].count + verification.damages[1].count, 2u);  // torn and lost
    }
  }
}

TEST(Lines, HandOutLinesLongerThanTheirBlockAmongShortOnes) {
  const SizedLines content(300, {1, 1 << 20, 2});
  for (const bool is_observed : {false, true}) {
    CountingObserver observer;
    std::uint64_t number = 0;
    for (const std::string_view line : Lines(content, {0, 1, 300}, is_observed ? &observer : nullptr)) {
      ASSERT_EQ(content.number_of(line), number);
      ++number;
      EXPECT_EQ(observer.due, is_observed ? number : 0);
    }
    EXPECT_EQ(number, 300u);
  }
}

}  // namespace
}  // namespace writebench::engine
