#include "strategies/support/byte_ring.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <thread>

#include "strategies/support/parking.hpp"

namespace writebench::strategies {
namespace {

// A ring and its producer.
struct Used {
  explicit Used(std::size_t capacity) : ring(capacity) {}

  bool has_room(std::size_t bytes) {
    if (!place.has_room(bytes)) place = ring.find_room(place, bytes);
    return place.has_room(bytes);
  }

  void put(std::string_view line) {
    ASSERT_TRUE(has_room(line.size())) << line;
    std::memcpy(place.bytes + place.at, line.data(), line.size());
    ring.publish(place, line.size());
  }

  ByteRing ring;
  ByteRing::Place place = ring.start();
};

TEST(ByteRing, HandsOverLinesInOnePiece) {
  Used used(16);
  ByteRing& ring = used.ring;
  EXPECT_TRUE(ring.empty());
  EXPECT_TRUE(ring.readable().empty());
  used.put("ab\n");
  used.put("c\n");
  EXPECT_EQ(ring.readable(), "ab\nc\n");
  EXPECT_FALSE(ring.empty()) << "not before they are released";
  used.put("d\n");
  ring.release(ring.readable());
  EXPECT_TRUE(ring.empty());
}

TEST(ByteRing, PutsALineThatDoesNotFitBeforeTheEndAtTheStart) {
  Used used(10);
  ByteRing& ring = used.ring;
  used.put("abc\n");
  used.put("def\n");
  EXPECT_FALSE(used.has_room(4)) << "the start is not released yet";
  ring.release(ring.readable().substr(0, 4));
  EXPECT_FALSE(used.has_room(4)) << "it would fill the last byte before what is unread";
  used.put("gh\n");
  EXPECT_EQ(ring.readable(), "def\n");
  ring.release(ring.readable());
  EXPECT_EQ(ring.readable(), "gh\n");
  ring.release(ring.readable());
  EXPECT_TRUE(ring.empty());
}

TEST(ByteRing, TakesEachLineOfHalfItsSizeOnceItIsEmpty) {
  for (const std::size_t capacity : {2u, 3u, 9u, 10u}) {
    Used used(capacity);
    ByteRing& ring = used.ring;
    EXPECT_FALSE(ring.takes(capacity / 2 + 1));
    const std::string line(capacity / 2, 'x');
    ASSERT_TRUE(ring.takes(line.size()));
    for (int i = 0; i < 50; ++i) {
      used.put(line.substr(0, i % 3 == 0 ? 1 : line.size()));
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
    Used used(capacity);
    ByteRing& ring = used.ring;
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
        released.wait_until([&] { return used.has_room(line.size()); });
        used.put(line);
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
