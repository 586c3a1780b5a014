#include "writebench/block.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>

namespace writebench {
namespace {

TEST(Block, GivesBackWhatWasAppendedForEveryLengthOfLine) {
  Block block(4096);
  for (std::size_t bytes = 0; bytes < 200; ++bytes) {
    std::string expected;
    for (int repeat = 0; repeat < 3; ++repeat) {
      std::string line;
      for (std::size_t i = 0; i < bytes; ++i)
        line += static_cast<char>('a' + (i + bytes + static_cast<std::size_t>(repeat)) % 26);
      ASSERT_TRUE(block.fits(line));
      block.append(line);
      expected += line;
    }
    EXPECT_EQ(block.take(), expected) << bytes;
    EXPECT_TRUE(block.empty());
  }
}

TEST(Block, IsFullAtItsCapacityAndNotBefore) {
  Block block(10);
  block.append("12345");
  EXPECT_TRUE(block.fits("12345"));
  EXPECT_FALSE(block.fits("123456"));
  block.append("12345");
  EXPECT_FALSE(block.fits("1"));
  EXPECT_EQ(block.take(), "1234512345");
  EXPECT_TRUE(block.fits("1234567890"));
}

TEST(Block, TakesALineLongerThanItselfWhenEmptyAndKeepsItsCapacity) {
  Block block(1);
  const std::string longer(100'000, 'x');
  EXPECT_FALSE(block.fits(longer));
  block.append(longer);
  EXPECT_FALSE(block.fits(""));
  EXPECT_EQ(block.take(), longer);
  block.append("y");
  EXPECT_FALSE(block.fits("z")) << "the storage grew, the capacity must not";
  EXPECT_EQ(block.take(), "y");
}

TEST(Block, FillsMemoryOfAnotherOwner) {
  std::string memory(10, '.');
  {
    Block block(std::span<char>(memory.data(), 8));
    EXPECT_TRUE(block.empty());
    EXPECT_TRUE(block.fits("12345678"));
    EXPECT_EQ(block.fill("123456789"), "9");
    EXPECT_EQ(block.take().data(), memory.data());
    block = Block(std::span<char>(memory.data() + 8, 2));
    block.append("ab");
  }
  EXPECT_EQ(memory, "12345678ab") << "and it was not freed";
}

bool is_aligned(std::string_view bytes, std::size_t alignment_bytes) {
  return reinterpret_cast<std::uintptr_t>(bytes.data()) % alignment_bytes == 0 && bytes.size() % alignment_bytes == 0;
}

TEST(Block, IsAlignedInMemoryAndSizeForDirectInputAndOutput) {
  for (const std::size_t capacity : {1u, 512u, 4096u, 4097u, 100'000u}) {
    Block block(capacity, 4096);
    const std::string text(1'000'000, 'x');
    EXPECT_EQ(block.fill(text).size(), text.size() - (capacity + 4095) / 4096 * 4096) << "it is full then";
    const std::string_view bytes = block.take();
    EXPECT_TRUE(is_aligned(bytes, 4096));
    EXPECT_EQ(bytes, std::string(bytes.size(), 'x'));
  }
}

TEST(Block, StaysAlignedAsItGrowsAndMoves) {
  Block block(4096, 4096);
  block.append(std::string(10'000, 'x'));
  Block other = std::move(block);
  const std::string_view bytes = other.take_padded();
  EXPECT_TRUE(is_aligned(bytes, 4096));
  EXPECT_EQ(bytes, std::string(10'000, 'x') + std::string(12288 - 10'000, '\0'));
}

TEST(Block, PadsWithZerosAndNotWithWhatWasThere) {
  Block block(512, 512);
  block.append(std::string(512, 'x'));
  block.take();
  block.append("abc");
  EXPECT_EQ(block.take_padded(), "abc" + std::string(509, '\0'));
  EXPECT_EQ(block.take_padded(), "") << "nothing is in it";
}

TEST(Block, KeepsWhatIsLookedAt) {
  Block block(512, 512);
  block.append("abc");
  EXPECT_EQ(block.bytes(), "abc");
  EXPECT_EQ(block.padded(), "abc" + std::string(509, '\0'));
  block.append("def");
  EXPECT_EQ(block.padded(), "abcdef" + std::string(506, '\0')) << "the next bytes replace the padding";
  EXPECT_EQ(block.fill(std::string(600, 'x')).size(), 600u - 506u);
  EXPECT_EQ(block.padded().size(), 512u);
  block.take();
  EXPECT_EQ(block.bytes(), "");
  EXPECT_EQ(block.padded(), "");
}

TEST(Block, WithoutAnAlignmentPadsNothing) {
  Block block(10);
  block.append("abc");
  EXPECT_EQ(block.take_padded(), "abc");
  EXPECT_EQ(block.fill("0123456789AB"), "AB");
}

}  // namespace
}  // namespace writebench
