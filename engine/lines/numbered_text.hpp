#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// Writes and parses `line#<number>` at memory speed, for the contents whose lines start with it.
namespace writebench::engine::counter {

constexpr std::string_view kPrefix = "line#";
constexpr std::size_t kMaxLineBytes = kPrefix.size() + 20 + 1;

/// The last three digits and the newline of every line from 1000 on: 4 KB, which stays in the first-level cache.
inline constexpr auto kTails = [] {
  std::array<char, 4000> tails{};
  for (std::size_t i = 0; i < 1000; ++i) {
    tails[4 * i] = static_cast<char>('0' + i / 100);
    tails[4 * i + 1] = static_cast<char>('0' + i / 10 % 10);
    tails[4 * i + 2] = static_cast<char>('0' + i % 10);
    tails[4 * i + 3] = '\n';
  }
  return tails;
}();

/// Writes line number `number`, at most kMaxLineBytes, and returns its length.
inline std::size_t render_one(std::uint64_t number, char* to) {
  std::memcpy(to, kPrefix.data(), kPrefix.size());
  char* const end = std::to_chars(to + kPrefix.size(), to + kMaxLineBytes - 1, number).ptr;
  *end = '\n';
  return static_cast<std::size_t>(end + 1 - to);
}

/// The bytes that a thousand lines share, all but the last four: a line takes two stores from registers.
struct Head {
  static constexpr std::size_t kBytes = 16;
  char bytes[kBytes] = {};
  std::size_t length = 0;

  explicit Head(std::uint64_t thousand) : length(kPrefix.size()) {
    char text[kMaxLineBytes + 1];
    length = render_one(thousand, text) - 1;
    std::memcpy(bytes, text, std::min(length, kBytes));
  }
};
constexpr std::uint64_t kSlowFrom = 1000 * 100'000'000'000;  ///< from here on a head exceeds 16 bytes

/// Eight characters as one word, the first in the lowest byte.
inline std::uint64_t load_eight(const char* from) {
  std::uint64_t word;
  std::memcpy(&word, from, sizeof word);
  if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
  return word;
}

/// The number that eight digits form. The bytes of `word` are their values 0 to 9, the first digit in the lowest byte.
inline std::uint64_t combine_eight(std::uint64_t word) {
  word = word * 10 + (word >> 8);  // every second byte now holds two digits
  constexpr std::uint64_t kPairs = 0x000000ff000000ff;
  constexpr std::uint64_t kFirstAndThird = 100 + (std::uint64_t{1'000'000} << 32);
  constexpr std::uint64_t kSecondAndFourth = 1 + (std::uint64_t{10'000} << 32);
  return ((word & kPairs) * kFirstAndThird + (word >> 16 & kPairs) * kSecondAndFourth) >> 32;
}

}  // namespace writebench::engine::counter
