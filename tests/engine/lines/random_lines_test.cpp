#include "engine/lines/random_lines.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/sized_lines.hpp"

namespace writebench::engine {
namespace {

std::shared_ptr<const Content> counted(std::uint64_t lines) { return std::make_shared<NumberedLines>(lines); }
std::shared_ptr<const Content> sized(std::uint64_t lines, std::size_t least, std::size_t most) {
  return std::make_shared<SizedLines>(lines, LineSizes{.least_bytes = least, .most_bytes = most, .seed = 3});
}

std::vector<std::string> all_lines(const Content& content, LineRange range) {
  std::vector<char> text(content.longest_line_bytes() + 1000 + Content::kSlackBytes);
  std::vector<std::uint32_t> lengths(64);
  std::vector<std::string> lines;
  while (range.count != 0) {
    const std::size_t rendered = content.render(range, text, lengths);
    const char* line = text.data();
    for (std::size_t i = 0; i < rendered; ++i) {
      lines.emplace_back(line, lengths[i]);
      line += lengths[i];
    }
    range.first += rendered * range.step;
    range.count -= rendered;
  }
  return lines;
}

TEST(RandomLines, AreAsLongAsTheOthersAndAllDiffer) {
  for (const auto& lengths : {counted(70'000), sized(5'000, 1, 300), sized(3'000, 100, 100)}) {
    const RandomLines random(lengths, 1);
    const LineRange all{0, 1, lengths->lines()};
    const auto lines = all_lines(random, all), others = all_lines(*lengths, all);
    ASSERT_EQ(lines.size(), others.size());
    std::uint64_t offset_bytes = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      ASSERT_EQ(lines[i].size(), others[i].size());
      ASSERT_EQ(lines[i].find('\n'), lines[i].size() - 1);
      offset_bytes += lines[i].size();
    }
    EXPECT_EQ(random.offset_bytes(lengths->lines()), offset_bytes);
    EXPECT_EQ(std::set<std::string>(lines.begin(), lines.end()).size(), lines.size());
  }
}

TEST(RandomLines, RenderAnyLineWithoutThoseBeforeIt) {
  const RandomLines random(sized(1'000, 7, 90), 1);
  const auto lines = all_lines(random, {0, 1, 1'000});
  const auto every_third = all_lines(random, {2, 3, 332});
  for (std::size_t i = 0; i < every_third.size(); ++i) EXPECT_EQ(every_third[i], lines[2 + 3 * i]);
}

TEST(RandomLines, AreTheSameEverywhereForOneSeed) {
  const auto hex = [](const std::string& line) {
    std::string text;
    for (const char c : line) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      text += kDigits[static_cast<unsigned char>(c) >> 4];
      text += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return text;
  };
  const RandomLines random(sized(300, 20, 20), 1);
  EXPECT_EQ(hex(all_lines(random, {0, 1, 1}).front()), "60236d9f47502d6bf1cdf0eccb4c3eb890487c0a");
  EXPECT_EQ(hex(all_lines(random, {256, 1, 1}).front()), "6101b91227b50d811bca0d447c9e1bf0734b260a");
  EXPECT_NE(all_lines(RandomLines(sized(300, 20, 20), 2), {0, 1, 1}), all_lines(random, {0, 1, 1}));
}

TEST(RandomLines, TellTheirNumbersAndNoOthers) {
  const RandomLines random(sized(2'000, 7, 60), 1);
  const auto lines = all_lines(random, {0, 1, 2'000});
  for (std::size_t i = 0; i < lines.size(); ++i) {
    ASSERT_EQ(random.number_of(lines[i]), i);
    std::string changed = lines[i];
    char& c = changed[i % (changed.size() - 1)];
    c = static_cast<char>(c ^ 0x40);
    EXPECT_EQ(random.number_of(changed), std::nullopt);
    EXPECT_EQ(random.number_of(lines[i].substr(1)), std::nullopt);
    std::string shorter = lines[i];
    shorter.erase(shorter.size() - 2, 1);
    EXPECT_EQ(random.number_of(shorter), std::nullopt);
  }
  EXPECT_EQ(RandomLines(sized(1'000, 7, 60), 1).number_of(lines[1'500]), std::nullopt) << "beyond the last line";
  EXPECT_EQ(random.number_of(""), std::nullopt);
  EXPECT_EQ(random.number_of("line#1\n"), std::nullopt);
}

// Far numbers use every digit.
TEST(RandomLines, TellTheirNumbersUpToTheLargest) {
  const RandomLines random(counted(1'000'000'000'000), 1);
  for (const std::uint64_t number : {std::uint64_t{999'999'999'999}, std::uint64_t{255'000'000'000}}) {
    EXPECT_EQ(random.number_of(all_lines(random, {number, 1, 1}).front()), number);
  }
}

TEST(RandomLines, HaveAsMuchInformationAsBytes) {
  for (const std::size_t bytes : {std::size_t{12}, std::size_t{1000}}) {
    std::string text;
    for (const std::string& line : all_lines(RandomLines(sized(4'000, bytes, bytes), 1), {0, 1, 4'000})) {
      text.append(line, 0, line.size() - 1);
    }
    std::array<double, 256> counts{};
    for (const char c : text) ++counts[static_cast<unsigned char>(c)];
    double bits = 0;
    for (const double count : counts) {
      const double share = count / static_cast<double>(text.size());
      if (count > 0) bits -= share * std::log2(share);
    }
    EXPECT_GT(bits, 7.95);
  }
}

}  // namespace
}  // namespace writebench::engine
