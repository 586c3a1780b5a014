#include "writebench/block.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace writebench
