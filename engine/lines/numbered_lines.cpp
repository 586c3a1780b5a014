#include "engine/lines/numbered_lines.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "engine/lines/numbered_text.hpp"

namespace writebench::engine {
namespace {

using namespace counter;

constexpr std::uint64_t kNoNumber = UINT64_MAX;

// The value of the three to eight decimal digits before `end`, parsed together: digit by digit would take longer than
// all other work on a line when a file is read back. Reads the eight bytes before `end`; if there are fewer digits,
// these include part of the prefix.
std::uint64_t parse_digits(const char* end, std::size_t digits) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  std::uint64_t word = load_eight(end - 8);
  const std::uint64_t mask = ~std::uint64_t{0} << (64 - 8 * digits);
  word = (word & mask) | ('0' * kEach & ~mask);
  const std::uint64_t carried = (word + 0x06 * kEach) & 0xf0 * kEach;  // ':' and above carry to the upper half
  if (((word & 0xf0 * kEach) | carried >> 4) != 0x33 * kEach) return kNoNumber;
  return combine_eight(word - '0' * kEach);
}

// The number in `line`, whatever the number of lines. Returned in one register: an optional would pass through the
// stack, in two stores and a load that waits for both.
std::uint64_t parse_line(std::string_view line) {
  if (line.size() < kPrefix.size() + 2 || line.back() != '\n') return kNoNumber;
  if (std::memcmp(line.data(), kPrefix.data(), kPrefix.size()) != 0) return kNoNumber;
  const char* const first = line.data() + kPrefix.size();
  const char* const end = line.data() + line.size() - 1;
  const std::size_t digits = static_cast<std::size_t>(end - first);
  if (digits > 1 && *first == '0') return kNoNumber;
  if (digits >= 3 && digits <= 8) [[likely]]
    return parse_digits(end, digits);
  std::uint64_t number = 0;
  const auto [after, error] = std::from_chars(first, end, number);
  return error == std::errc{} && after == end ? number : kNoNumber;
}

}  // namespace

std::uint64_t NumberedLines::offset_bytes(std::uint64_t line) const {
  std::uint64_t bytes = line * (kPrefix.size() + 1);
  std::uint64_t from = 0;
  std::uint64_t digits = 1;
  for (std::uint64_t power = 10; from < line; ++digits) {
    const std::uint64_t to = std::min(line, power);
    bytes += (to - from) * digits;
    from = to;
    power = power > UINT64_MAX / 10 ? UINT64_MAX : power * 10;
  }
  return bytes;
}

std::size_t NumberedLines::longest_line_bytes() const {
  char text[kMaxLineBytes];
  return render_one(lines_ == 0 ? 0 : lines_ - 1, text);
}

std::size_t NumberedLines::render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  char* to = text.data();
  const char* const end = to + text.size() - kSlackBytes;
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(range.count, lengths.size()));
  std::uint64_t number = range.first;
  std::size_t done = 0;
  while (done < wanted) {
    if (number < 1000 || number >= kSlowFrom) {
      if (static_cast<std::size_t>(end - to) < kMaxLineBytes && end - to < std::ptrdiff_t(longest_line_bytes())) break;
      const std::size_t length = render_one(number, to);
      lengths[done++] = static_cast<std::uint32_t>(length);
      to += length;
      number += range.step;
      continue;
    }
    const Head head(number / 1000);
    std::uint64_t rest = number % 1000;
    const std::size_t length = head.length + 4;
    const std::size_t room = static_cast<std::size_t>(end - to) / length;
    const std::size_t run = std::min({wanted - done, room, static_cast<std::size_t>((999 - rest) / range.step + 1)});
    if (run == 0) break;
    std::fill_n(lengths.data() + done, run, static_cast<std::uint32_t>(length));
    char prefix[Head::kBytes];
    std::memcpy(prefix, head.bytes, sizeof prefix);
    for (std::size_t i = 0; i < run; ++i) {
      std::memcpy(to, prefix, sizeof prefix);
      std::memcpy(to + head.length, &kTails[4 * rest], 4);
      to += length;
      rest += range.step;
    }
    done += run;
    number += range.step * run;
  }
  return done;
}

// Lines whose numbers differ by a multiple of a thousand differ in their heads alone: one store a line, if the heads
// are equally long, and alike in all but the eight digits that the store has.
bool NumberedLines::render_again(LineRange range, LineRange there, std::span<char> text) const {
  constexpr std::size_t kStoreBytes = 8;
  constexpr std::uint64_t kStoredDigits = 100'000'000;
  if (there.count == 0 || range.count < there.count || range.step != there.step || range.first <= there.first ||
      (range.first - there.first) % 1000 != 0) {
    return false;
  }
  const std::uint64_t first_thousand = there.first / 1000;
  const std::uint64_t last_thousand = (range.first + (there.count - 1) * range.step) / 1000;
  if (first_thousand == 0 || last_thousand >= kSlowFrom / 1000 ||
      first_thousand / kStoredDigits != last_thousand / kStoredDigits) {
    return false;
  }
  const std::size_t head_bytes = Head(first_thousand).length;
  if (head_bytes < kStoreBytes || Head(last_thousand).length != head_bytes) return false;

  const std::size_t length = head_bytes + 4;
  char* to = text.data() + head_bytes - kStoreBytes;
  std::uint64_t number = range.first;
  for (std::uint64_t left = there.count; left > 0;) {
    const std::uint64_t run = std::min(left, (999 - number % 1000) / range.step + 1);
    char digits[kStoreBytes];
    std::memcpy(digits, Head(number / 1000).bytes + head_bytes - kStoreBytes, kStoreBytes);
    for (std::uint64_t i = 0; i < run; ++i, to += length) std::memcpy(to, digits, kStoreBytes);
    left -= run;
    number += range.step * run;
  }
  return true;
}

std::optional<std::uint64_t> NumberedLines::number_of(std::string_view line) const {
  const std::uint64_t number = parse_line(line);
  std::optional<std::uint64_t> result(number);
  if (number >= lines_) result.reset();
  return result;
}

}  // namespace writebench::engine
