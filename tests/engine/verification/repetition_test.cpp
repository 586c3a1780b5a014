#include "engine/verification/repetition.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/random_lines.hpp"
#include "tests/engine/trial/memory_file.hpp"

namespace writebench::engine {
namespace {

std::string text_of(const Content& content) {
  std::string text;
  for (const std::string_view line : Lines(content, {0, 1, content.lines()})) text += line;
  return text;
}

// The file that is wanted, made without the code under test.
std::string repeated(const Content& content, std::uint64_t bytes) {
  const std::string text = text_of(content);
  std::string file;
  for (std::size_t i = 0; i < text.size(); ++i) file += text[i % bytes];
  return file;
}

Verification check(const std::string& bytes, const Content& content, std::uint64_t repeated_bytes) {
  const MemoryFile file;
  return verify_repetition(file.holding(bytes), content, repeated_bytes, {});
}

TEST(Repetition, IsTheFirstBytesAgainAndAgain) {
  const NumberedLines content(100'000);
  for (const std::uint64_t bytes : {1ull, 7ull, 4096ull, 100'003ull, 1ull << 20, 1ull << 40}) {
    const std::string right = repeated(content, bytes);
    EXPECT_EQ(check(right, content, bytes).describe(), "") << bytes;
    EXPECT_EQ(check(right, content, bytes).file_bytes, right.size());
    EXPECT_EQ(check(right, content, bytes + 1).right, bytes > right.size()) << bytes;
  }
}

TEST(Repetition, CoversEveryContent) {
  const RandomLines content(std::make_shared<const NumberedLines>(1000), 42);
  EXPECT_TRUE(check(repeated(content, 5000), content, 5000).right);
}

TEST(Repetition, SeesEachChangedByte) {
  const NumberedLines content(3);
  const std::string right = repeated(content, 10);
  for (std::size_t i = 0; i < right.size(); ++i) {
    std::string wrong = right;
    wrong[i] ^= 1;
    const Verification verification = check(wrong, content, 10);
    ASSERT_FALSE(verification.right) << i;
    ASSERT_EQ(verification.damages.size(), 1u);
    EXPECT_EQ(verification.damages[0].first_offset_bytes, i);
  }
}

TEST(Repetition, SaysWhatIsWrong) {
  const NumberedLines content(100'000);
  const std::string right = repeated(content, 4096);
  std::string torn = right;
  torn[700'000] = '#';
  const std::string place = std::to_string(std::count(right.begin(), right.begin() + 700'000, '\n'));
  EXPECT_EQ(check(torn, content, 4096).describe(), "at least 1 line torn, line " + place + " (byte 700000)");
  EXPECT_EQ(check(right.substr(0, 700'000), content, 4096).describe(),
            "at least 1 line truncated, line " + place + " (byte 700000)");
  EXPECT_EQ(check(right + "more", content, 4096).describe(),
            "4 bytes of trailing garbage from byte " + std::to_string(right.size()) + " on");
  EXPECT_EQ(check("", content, 4096).describe(), "at least 1 line truncated, line 0 (byte 0)");
}

TEST(Repetition, OfNoLinesIsAnEmptyFile) {
  EXPECT_TRUE(check("", NumberedLines(0), 4096).right);
  EXPECT_FALSE(check("x", NumberedLines(0), 4096).right);
}

TEST(Repetition, StopsWhenItIsTold) {
  const NumberedLines content(500'000);
  const MemoryFile file;
  int times = 0;
  const Verification verification =
      verify_repetition(file.holding(repeated(content, 4096)), content, 4096, [&] { return ++times >= 3; });
  EXPECT_TRUE(verification.stopped);
  EXPECT_FALSE(verification.right);
  EXPECT_TRUE(verification.damages.empty());
}

}  // namespace
}  // namespace writebench::engine
