#include "engine/lines/random_lines.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

#include "engine/lines/splitmix64.hpp"

namespace writebench::engine {
namespace {

constexpr unsigned kBase = 255;
constexpr std::size_t kDigits = 5;
constexpr std::size_t kLeastLineBytes = 7;  // a digit each, a byte at least of the rest, and the newline
constexpr std::size_t kLanes = 4;
constexpr char kInsteadOfNewline = static_cast<char>(0x8a);

// The number of a line in base 255, the lowest digit first.
using Digits = std::array<unsigned, kDigits>;

// Both are below the base.
unsigned sum(unsigned digit, unsigned move) {
  const unsigned sum = digit + move;
  return sum < kBase ? sum : sum - kBase;
}
unsigned difference(unsigned digit, unsigned move) { return sum(digit, kBase - move); }

unsigned move_of_second(std::uint64_t seed, const Digits& digits) {
  return static_cast<unsigned>(splitmix64(seed, 1 + digits[0]) % kBase);
}

// The first two are 0.
Digits moves_of_others(std::uint64_t seed, const Digits& digits) {
  const std::uint64_t random = splitmix64(seed, 1 + kBase + digits[0] + kBase * digits[1]);
  Digits moves{};
  for (std::size_t i = 2; i < kDigits; ++i) moves[i] = sum(random >> 8 * i & 0xff, 0);
  return moves;
}

char byte_of(unsigned digit) { return static_cast<char>(digit < '\n' ? digit : digit + 1); }

unsigned digit_of(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < '\n' ? byte : byte - 1u;
}

// The states of the generators: the processor works on several at once.
using Lanes [[gnu::vector_size(8 * kLanes)]] = std::uint64_t;

void fill_rest(std::uint64_t seed, char* to, std::size_t bytes) {
  Lanes lanes;
  for (std::size_t i = 0; i < kLanes; ++i) lanes[i] = splitmix64(seed, i) | 1;
  const auto store_next = [&](char* at, std::size_t count) {
    lanes ^= lanes << 13;
    lanes ^= lanes >> 7;
    lanes ^= lanes << 17;
    Lanes stored = lanes;
    if constexpr (std::endian::native == std::endian::big) {
      for (std::size_t i = 0; i < kLanes; ++i) stored[i] = __builtin_bswap64(lanes[i]);
    }
    std::memcpy(at, &stored, count);
  };
  const std::size_t whole_bytes = bytes / sizeof lanes * sizeof lanes;
  for (std::size_t done = 0; done < whole_bytes; done += sizeof lanes) store_next(to + done, sizeof lanes);
  store_next(to + whole_bytes, bytes - whole_bytes);
  for (char* at = to; at < to + bytes; ++at) *at = *at == '\n' ? kInsteadOfNewline : *at;
}

}  // namespace

RandomLines::RandomLines(std::shared_ptr<const Content> lengths, std::uint64_t seed)
    : lengths_(std::move(lengths)), seed_(seed), move_of_first_(static_cast<unsigned>(splitmix64(seed, 0) % kBase)) {}

std::size_t RandomLines::render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  const std::size_t rendered = lengths_->render(range, text, lengths);
  char* line = text.data();
  for (std::size_t i = 0; i < rendered; ++i) {
    fill(range.first + i * range.step, line, lengths[i]);
    line += lengths[i];
  }
  return rendered;
}

std::optional<std::uint64_t> RandomLines::number_of(std::string_view line) const {
  if (line.size() < kLeastLineBytes || line.size() > longest_line_bytes()) return std::nullopt;
  Digits digits{difference(digit_of(line[0]), move_of_first_)};
  digits[1] = difference(digit_of(line[1]), move_of_second(seed_, digits));
  const Digits moves = moves_of_others(seed_, digits);
  for (std::size_t i = 2; i < kDigits; ++i) digits[i] = difference(digit_of(line[i]), moves[i]);
  std::uint64_t number = 0;
  for (std::size_t i = kDigits; i-- > 0;) number = number * kBase + digits[i];
  if (number >= lines()) return std::nullopt;
  std::vector<char> right(line.size() + kSlackBytes);
  std::uint32_t bytes = 0;
  if (lengths_->render({number, 1, 1}, right, {&bytes, 1}) == 0 || bytes != line.size()) return std::nullopt;
  fill(number, right.data(), bytes);
  return std::memcmp(right.data(), line.data(), bytes) == 0 ? std::optional(number) : std::nullopt;
}

void RandomLines::fill(std::uint64_t number, char* line, std::size_t bytes) const {
  fill_rest(splitmix64(seed_ ^ bytes, number), line + kDigits, bytes - kDigits);
  Digits digits;
  for (unsigned& digit : digits) {
    digit = static_cast<unsigned>(number % kBase);
    number /= kBase;
  }
  Digits moves = moves_of_others(seed_, digits);
  moves[0] = move_of_first_;
  moves[1] = move_of_second(seed_, digits);
  for (std::size_t i = 0; i < kDigits; ++i) line[i] = byte_of(sum(digits[i], moves[i]));
  line[bytes - 1] = '\n';
}

}  // namespace writebench::engine
