#include "crash/power_cut.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace writebench::crash {
namespace {

using Kind = DeviceRequest::Kind;

constexpr std::uint64_t kBeyondSuperblock = 8;  // the first sector that may be torn from its neighbours

// A log whose data is a text: each write fills its sectors with one letter.
class Log {
 public:
  // Received at `at_ns`, answered 5 ns later.
  Log& write(char letter, std::uint64_t sector, std::uint64_t sectors, std::int64_t at_ns) {
    requests_.push_back({.kind = Kind::kWrite,
                         .offset_bytes = (kBeyondSuperblock + sector) * kSectorBytes,
                         .bytes = sectors * kSectorBytes,
                         .data_at = data_.size(),
                         .received_ns = at_ns,
                         .answered_ns = at_ns + 5});
    data_.append(sectors * kSectorBytes, letter);
    return *this;
  }
  Log& flush(std::int64_t received_ns, std::int64_t answered_ns) {
    requests_.push_back({.kind = Kind::kFlush, .received_ns = received_ns, .answered_ns = answered_ns});
    return *this;
  }

  // The first letters of some sectors after a cut; '.' is what was there before.
  std::string after(const PowerCut& cut, std::mt19937_64& random, std::size_t sectors) const {
    std::string medium(sectors, '.');
    for (const Piece& piece : on_medium(requests_, cut, random)) {
      for (std::uint64_t at = 0; at < piece.bytes; at += kSectorBytes) {
        medium[(piece.offset_bytes + at) / kSectorBytes - kBeyondSuperblock] = data_[piece.data_at + at];
      }
    }
    return medium;
  }

  // All that may be found after many cuts.
  std::set<std::string> possible(const PowerCut& cut, std::size_t sectors) const {
    std::mt19937_64 random(1);
    std::set<std::string> found;
    for (int i = 0; i < 2000; ++i) found.insert(after(cut, random, sectors));
    return found;
  }

 private:
  std::vector<DeviceRequest> requests_;
  std::string data_;
};

using Strings = std::set<std::string>;

TEST(PowerCut, KeepsEveryWriteThatWasAnsweredBeforeAFlushThatWasAnswered) {
  const Log log = Log().write('a', 0, 1, 10).write('b', 1, 1, 20).flush(30, 40);
  for (const Reach reach : {Reach::kPrefix, Reach::kWrites, Reach::kSectors}) {
    EXPECT_EQ(log.possible({.at_ns = 40, .reach = reach}, 2), Strings{"ab"});
  }
}

TEST(PowerCut, KeepsTheLastVersionOfWhatWasFlushedSeveralTimes) {
  const Log log = Log().write('a', 0, 3, 10).flush(20, 25).write('b', 1, 1, 30).flush(40, 45).write('c', 2, 1, 50);
  EXPECT_EQ(log.possible({.at_ns = 45}, 3), Strings{"aba"});
  EXPECT_EQ(log.possible({.at_ns = 50}, 3), (Strings{"aba", "abc"}));
}

TEST(PowerCut, AFlushThatWasNotAnsweredKeepsNothing) {
  const Log log = Log().write('a', 0, 1, 10).flush(30, 40);
  EXPECT_EQ(log.possible({.at_ns = 39}, 1), (Strings{".", "a"}));
}

TEST(PowerCut, AFlushDoesNotCoverAWriteThatWasAnsweredAfterItsReception) {
  const Log log = Log().write('a', 0, 1, 10).write('b', 1, 1, 28).flush(30, 40);  // b is answered at 33
  EXPECT_EQ(log.possible({.at_ns = 50}, 2), (Strings{"a.", "ab"}));
}

TEST(PowerCut, WhatWasReceivedLaterWasNeverThere) {
  const Log log = Log().write('a', 0, 1, 10).write('b', 1, 1, 51);
  EXPECT_EQ(log.possible({.at_ns = 50}, 2), (Strings{"..", "a."}));
  EXPECT_EQ(log.possible({.at_ns = 9}, 2), Strings{".."});
}

TEST(PowerCut, APrefixKeepsTheOrder) {
  const Log log = Log().write('a', 0, 1, 10).write('b', 1, 1, 20).write('c', 0, 1, 30);
  EXPECT_EQ(log.possible({.at_ns = 99, .reach = Reach::kPrefix}, 2), (Strings{"..", "a.", "ab", "cb"}));
}

TEST(PowerCut, AnyWritesMayBeThereAndEachIsWhole) {
  const Log log = Log().write('a', 0, 2, 10).write('b', 1, 2, 20);
  EXPECT_EQ(log.possible({.at_ns = 99, .reach = Reach::kWrites}, 3), (Strings{"...", "aa.", ".bb", "abb"}));
}

TEST(PowerCut, SectorsMayBeTornAndKeepAnyOfTheirVersions) {
  const Log log = Log().write('a', 0, 2, 10).write('b', 1, 1, 20);
  EXPECT_EQ(log.possible({.at_ns = 99, .reach = Reach::kSectors}, 2), (Strings{"..", "a.", ".a", "aa", ".b", "ab"}));
}

TEST(PowerCut, TheSuperblockIsNeverTorn) {
  // A write of the first 10 sectors, of which 8 belong together.
  std::vector<DeviceRequest> requests{
      {.kind = Kind::kWrite, .bytes = 10 * kSectorBytes, .received_ns = 1, .answered_ns = 2}};
  std::mt19937_64 random(1);
  std::set<std::vector<bool>> found;
  for (int i = 0; i < 2000; ++i) {
    std::vector<bool> there(10);
    for (const Piece& piece : on_medium(requests, {.at_ns = 9, .reach = Reach::kSectors}, random)) {
      for (std::uint64_t at = 0; at < piece.bytes; at += kSectorBytes) {
        there[(piece.offset_bytes + at) / kSectorBytes] = true;
      }
    }
    EXPECT_EQ(std::count(there.begin(), there.begin() + 8, there[0]), 8);
    found.insert(there);
  }
  EXPECT_EQ(found.size(), 8u) << "the block and two sectors, each there or not";
}

TEST(PowerCut, IsTheSameForTheSameSeed) {
  Log log;
  for (int i = 0; i < 50; ++i) log.write(static_cast<char>('a' + i % 26), static_cast<std::uint64_t>(i), 2, 10 + i);
  for (const Reach reach : {Reach::kPrefix, Reach::kWrites, Reach::kSectors}) {
    std::mt19937_64 first(7), second(7), other(8);
    const PowerCut cut{.at_ns = 99, .reach = reach};
    const std::string one = log.after(cut, first, 51);
    EXPECT_EQ(log.after(cut, second, 51), one);
    EXPECT_NE(log.after(cut, other, 51), one);
  }
}

TEST(PowerCut, NothingIsThereWithoutRequests) {
  EXPECT_EQ(Log().possible({.at_ns = 99, .reach = Reach::kSectors}, 1), Strings{"."});
}

}  // namespace
}  // namespace writebench::crash
