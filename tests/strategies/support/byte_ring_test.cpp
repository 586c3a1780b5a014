#include "strategies/support/byte_ring.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>

#include "strategies/support/parking.hpp"

namespace writebench::strategies {
namespace {

void put(ByteRing& ring, std::string_view line) {
  char* const room = ring.room(line.size());
  ASSERT_NE(room, nullptr) << line;
  std::memcpy(room, line.data(), line.size());
  ring.publish(line.size());
}

TEST(ByteRing, HandsOverLinesInOnePiece) {
  ByteRing ring(16);
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.readable().empty());
  put(ring, "ab\n");
  put(ring, "c\n");
  EXPECT_EQ(ring.readable(), "ab\nc\n");
  EXPECT_FALSE(ring.empty()) << "not before they are released";
  put(ring, "d\n");
  ring.release(ring.readable());
  EXPECT_TRUE(ring.empty());
}

TEST(ByteRing, PutsALineThatDoesNotFitBeforeTheEndAtTheStart) {
  ByteRing ring(10);
  put(ring, "abc\n");
  put(ring, "def\n");
  EXPECT_EQ(ring.room(4), nullptr) << "the start is not released yet";
  ring.release(ring.readable().substr(0, 4));
  EXPECT_EQ(ring.room(4), nullptr) << "it would fill the last byte before what is unread";
  put(ring, "gh\n");
  EXPECT_EQ(ring.readable(), "def\n");
  ring.release(ring.readable());
  EXPECT_EQ(ring.readable(), "gh\n");
  ring.release(ring.readable());
  EXPECT_TRUE(ring.empty());
}

TEST(ByteRing, TakesEachLineOfHalfItsSizeOnceItIsEmpty) {
  for (const std::size_t capacity : {2u, 3u, 9u, 10u}) {
    ByteRing ring(capacity);
    EXPECT_FALSE(ring.takes(capacity / 2 + 1));
    const std::string line(capacity / 2, 'x');
    ASSERT_TRUE(ring.takes(line.size()));
    for (int i = 0; i < 50; ++i) {
      put(ring, line.substr(0, i % 3 == 0 ? 1 : line.size()));
      ring.release(ring.readable());
    }
  }
}

TEST(ByteRing, PassesALongLineByReference) {
  ByteRing ring(1);
  const std::string line = "much longer than the ring\n";
  EXPECT_FALSE(ring.takes(line.size()));
  ring.pass(line);
  EXPECT_FALSE(ring.empty());
  EXPECT_EQ(ring.readable().data(), line.data());
  EXPECT_EQ(ring.readable(), line);
  ring.release(ring.readable());
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.readable().empty());
}

std::string line_of(std::size_t number) {
  return std::string(1 + number * 7919 % 23, static_cast<char>('a' + number % 26));
}

TEST(ByteRing, LosesNothingBetweenTwoThreads) {
  constexpr std::size_t kLines = 1000;
  for (const std::size_t capacity : {1u, 7u, 46u, 47u, 1000u}) {
    ByteRing ring(capacity);
    Parking published(2), released(2);
    std::string read, written;
    std::thread consumer([&] {
      std::size_t bytes = 0;
      for (std::size_t i = 0; i < kLines; ++i) bytes += line_of(i).size();
      while (read.size() < bytes) {
        published.wait_until([&] { return !ring.readable().empty(); });
        const std::string_view lines = ring.readable();
        read += lines;
        ring.release(lines);
        released.wake_all();
      }
    });
    const auto wait_until_empty = [&] { released.wait_until([&] { return ring.empty(); }); };
    for (std::size_t i = 0; i < kLines; ++i) {
      const std::string line = line_of(i);
      written += line;
      if (ring.takes(line.size())) {
        released.wait_until([&] { return ring.room(line.size()) != nullptr; });
        put(ring, line);
        published.wake_all();
      } else {
        wait_until_empty();
        ring.pass(line);
        published.wake_all();
        wait_until_empty();
      }
    }
    consumer.join();
    EXPECT_EQ(read, written) << capacity;
    EXPECT_TRUE(ring.empty());
  }
}

}  // namespace
}  // namespace writebench::strategies
