#include "engine/lines/sized_lines.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <stdexcept>
#include <string>

#include "engine/lines/numbered_lines.hpp"
#include "engine/lines/numbered_text.hpp"
#include "engine/lines/splitmix64.hpp"

namespace writebench::engine {
namespace {

using counter::kPrefix;

constexpr char kPadding = '.';
constexpr unsigned kPointBits = 12;

std::size_t counter_bytes(std::uint64_t number) {
  char text[counter::kMaxLineBytes];
  return counter::render_one(number, text);
}

// Fills the line from the end of its counter to its own end: a space, dots and the newline, or the newline alone.
// Stores whole words, up to 31 bytes past the end.
void pad(char* from, char* end) {
  constexpr std::size_t kWordBytes = 32;
  const auto bytes = static_cast<std::size_t>(end - from);
  if (bytes <= 8 * kWordBytes) {
    for (char* to = from; to < end; to += kWordBytes) std::memset(to, kPadding, kWordBytes);
  } else {
    std::memset(from, kPadding, bytes);
  }
  *from = ' ';
  end[-1] = '\n';
}

bool is_padding(const char* from, const char* newline) {
  if (from == newline) return true;
  if (*from++ != ' ') return false;
  const auto dots = static_cast<std::size_t>(newline - from);
  return dots == 0 || (*from == kPadding && std::memcmp(from, from + 1, dots - 1) == 0);
}

// A counter at the start of a line.
struct Counter {
  std::uint64_t number = 0;
  const char* end = nullptr;  // null if there is no counter
};

Counter parse_counter(std::string_view line) {
  if (line.size() < kPrefix.size() + 2 || std::memcmp(line.data(), kPrefix.data(), kPrefix.size()) != 0) return {};
  const char* const first = line.data() + kPrefix.size();
  if (line.size() >= kPrefix.size() + 8) [[likely]] {
    constexpr std::uint64_t kEach = 0x0101010101010101;
    const std::uint64_t digits = counter::load_eight(first) ^ '0' * kEach;           // 0 to 9 if it is one
    const std::uint64_t others = (digits | (digits + 0x76 * kEach)) & 0x80 * kEach;  // right up to the first such byte
    const int bits = std::countr_zero(others) & ~7;
    if (bits != 0 && bits != 64) [[likely]] {
      if (*first == '0' && bits > 8) return {};
      return {counter::combine_eight(digits << (64 - bits)), first + bits / 8};
    }
  }
  std::uint64_t number = 0;
  const char* const line_end = line.data() + line.size();
  const auto [end, error] = std::from_chars(first, line_end, number);
  if (error != std::errc{} || (*first == '0' && end != first + 1)) return {};
  return {number, end};
}

}  // namespace

SizedLines::SizedLines(std::uint64_t lines, const LineSizes& sizes) : lines_(lines), sizes_(sizes) {
  if (sizes.least_bytes == 0 || sizes.least_bytes > sizes.most_bytes || sizes.most_bytes > kMostBytes) {
    throw std::invalid_argument(
        "lines of " + std::to_string(sizes.least_bytes) + " to " + std::to_string(sizes.most_bytes) +
        " bytes: give a minimum length of at least 1 and a maximum from that to " + std::to_string(kMostBytes));
  }
  if (all_of_one_length()) return;
  std::array<double, 257> points{};
  points.front() = static_cast<double>(sizes.least_bytes);
  points.back() = static_cast<double>(sizes.most_bytes + 1);
  for (std::size_t step = 128; step != 0; step /= 2) {
    for (std::size_t i = step; i < 256; i += 2 * step) points[i] = std::sqrt(points[i - step] * points[i + step]);
  }
  std::transform(points.begin(), points.end(), points_.begin(),
                 [](double point) { return static_cast<std::uint64_t>(point * (1 << kPointBits)); });
  std::uint64_t bytes = 0;
  for (std::uint64_t from = 0; from < lines; from += kLinesPerSum) {
    sums_.push_back(bytes);
    bytes += sum_bytes(from, std::min(lines, from + kLinesPerSum));
  }
  sums_.push_back(bytes);
}

std::uint64_t SizedLines::offset_bytes(std::uint64_t line) const {
  if (all_of_one_length()) return offset_in_one_length(line);
  if (line == lines_) return sums_.back();
  const std::uint64_t sum = line / kLinesPerSum;
  return sums_[sum] + sum_bytes(sum * kLinesPerSum, line);
}

std::size_t SizedLines::longest_line_bytes() const {
  return std::max(sizes_.most_bytes, counter_bytes(lines_ == 0 ? 0 : lines_ - 1));
}

std::size_t SizedLines::drawn_bytes(std::uint64_t number) const {
  const std::uint64_t random = splitmix64(sizes_.seed, number);
  const std::uint64_t* const point = &points_[random >> 56];
  const std::uint64_t place = random >> 32 & 0xffffff;
  return (point[0] + ((point[1] - point[0]) * place >> 24)) >> kPointBits;
}

std::size_t SizedLines::line_bytes(std::uint64_t number) const {
  return std::max(all_of_one_length() ? sizes_.least_bytes : drawn_bytes(number), counter_bytes(number));
}

// Takes the counters of one length at a time.
std::uint64_t SizedLines::sum_bytes(std::uint64_t from, std::uint64_t to) const {
  std::uint64_t bytes = 0;
  std::size_t least = kPrefix.size() + 2;
  std::uint64_t power = 10;
  while (from < to) {
    for (const std::uint64_t end = std::min(to, power); from < end; ++from) bytes += std::max(drawn_bytes(from), least);
    ++least;
    power = power > UINT64_MAX / 10 ? UINT64_MAX : power * 10;
  }
  return bytes;
}

std::uint64_t SizedLines::offset_in_one_length(std::uint64_t line) const {
  const std::size_t bytes = sizes_.least_bytes;
  std::uint64_t fitting = 0;  // lines whose counters are no longer than this
  if (bytes >= kPrefix.size() + 2) {
    fitting = 1;
    for (std::size_t digit = kPrefix.size() + 1; digit < bytes && fitting != UINT64_MAX; ++digit) {
      fitting = fitting > UINT64_MAX / 10 ? UINT64_MAX : fitting * 10;
    }
  }
  if (line <= fitting) return line * bytes;
  const NumberedLines counters(lines_);
  return fitting * bytes + counters.offset_bytes(line) - counters.offset_bytes(fitting);
}

std::size_t SizedLines::render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  return all_of_one_length() ? render_as<true>(range, text, lengths) : render_as<false>(range, text, lengths);
}

template <bool kOneLength>
std::size_t SizedLines::render_as(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  char* to = text.data();
  const char* const end = to + text.size() - kSlackBytes;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(range.count, lengths.size()));
  std::uint64_t number = range.first;
  std::size_t done = 0;
  while (done < wanted) {
    if (number < 1000 || number >= counter::kSlowFrom) {
      const std::size_t bytes = line_bytes(number);
      if (static_cast<std::size_t>(end - to) < bytes) break;
      char line[counter::kMaxLineBytes];
      const std::size_t counter_end = counter::render_one(number, line) - 1;
      std::memcpy(to, line, counter_end);
      pad(to + counter_end, to + bytes);
      lengths[done++] = static_cast<std::uint32_t>(bytes);
      to += bytes;
      number += range.step;
      continue;
    }
    const counter::Head head(number / 1000);
    std::uint64_t rest = number % 1000;
    number -= rest;
    const std::size_t least = head.length + 4;
    char prefix[counter::Head::kBytes];
    std::memcpy(prefix, head.bytes, sizeof prefix);
    for (; done < wanted && rest < 1000; rest += range.step) {
      const std::size_t bytes = std::max(kOneLength ? sizes_.least_bytes : drawn_bytes(number + rest), least);
      if (static_cast<std::size_t>(end - to) < bytes) return done;
      std::memcpy(to, prefix, sizeof prefix);
      std::memcpy(to + head.length, &counter::kTails[4 * rest], 4);
      pad(to + head.length + 3, to + bytes);
      lengths[done++] = static_cast<std::uint32_t>(bytes);
      to += bytes;
    }
    number += rest;
  }
  return done;
}

std::optional<std::uint64_t> SizedLines::number_of(std::string_view line) const {
  const Counter counter = parse_counter(line);
  if (counter.end == nullptr || counter.number >= lines_ || line.back() != '\n') return std::nullopt;
  const auto shortest = static_cast<std::size_t>(counter.end - line.data()) + 1;
  const std::size_t asked = all_of_one_length() ? sizes_.least_bytes : drawn_bytes(counter.number);
  const char* const newline = line.data() + line.size() - 1;
  if (line.size() != std::max(asked, shortest) || !is_padding(counter.end, newline)) return std::nullopt;
  return counter.number;
}

}  // namespace writebench::engine
