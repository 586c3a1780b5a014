#pragma once

#include <cstdint>
#include <memory>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// Lines as long as those of another content, of random bytes, so that no file system and no device can compress them.
/// A line has any byte but the newline, which ends it. It depends only on its number, its length and the seed, and is
/// the same on every platform.
///
/// The first five bytes of a line are its number in base 255, the lowest digit first, so all lines differ and each
/// shows its number. With random(i) for output i of splitmix64 with the seed:
///
///     moved[0]   = digit[0] + random(0)
///     moved[1]   = digit[1] + random(1 + digit[0])
///     moved[i>1] = digit[i] + (random(256 + digit[0] + 255 digit[1]) >> 8i) mod 256
///     byte[i]    = moved[i] mod 255, plus 1 from 10 on, which is the newline
///
/// The rest is words of 8 bytes, the first in the lowest byte, from four generators xorshift64 (G. Marsaglia, Xorshift
/// RNGs, 2003; shifts 13, 7, 17) in turn. Their first states are outputs 0 to 3 of splitmix64, with the lowest bit set;
/// its seed is output `number` of splitmix64 whose seed is the seed xor the length. 0x8a stands for each newline. The
/// lines of the other content must be at least 7 bytes long, and fewer than 255^5.
class RandomLines final : public Content {
 public:
  RandomLines(std::shared_ptr<const Content> lengths, std::uint64_t seed);

  std::uint64_t lines() const override { return lengths_->lines(); }
  std::uint64_t offset_bytes(std::uint64_t line) const override { return lengths_->offset_bytes(line); }
  std::size_t longest_line_bytes() const override { return lengths_->longest_line_bytes(); }
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override;
  std::optional<std::uint64_t> number_of(std::string_view line) const override;

 private:
  void fill(std::uint64_t number, char* line, std::size_t bytes) const;

  const std::shared_ptr<const Content> lengths_;
  const std::uint64_t seed_;
  const unsigned move_of_first_;
};

}  // namespace writebench::engine
