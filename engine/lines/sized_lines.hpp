#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// The range of the lengths of lines, their newlines included.
struct LineSizes {
  std::size_t least_bytes = 0;  ///< at least 1
  std::size_t most_bytes = 0;   ///< at least least_bytes, at most SizedLines::kMostBytes
  std::uint64_t seed = 0;       ///< of the random lengths; unused if both limits are equal
};

/// Counted lines padded to a length: `line#17 ........` and a newline. If least_bytes equals most_bytes, every line has
/// that length. Otherwise the length of line v is drawn from that range, log-uniformly: as many lines have 10 to 20
/// bytes as 100 to 200. It depends only on v and the seed, and is the same on every platform:
///
///     random    = number v (from 0) of the generator splitmix64 with this seed
///     points[i] = least_bytes · ((most_bytes + 1) / least_bytes)^(i / 256), found by halving: each is the geometric
///                 mean of its neighbours of the step before, in IEEE doubles, whose multiplication and square root
///                 are exact to the last bit everywhere; then rounded down to a multiple of 2^-12
///     length    = the highest 8 bits of random choose i, the next 24 a place between points[i] and points[i + 1],
///                 linearly; rounded down
///
/// A line whose counter needs more space is exactly as long as the counter needs: `line#1000000` and its newline are
/// never less than 13 bytes. A line that is one byte longer than that gets a space and no dots.
///
/// Renders any line without those before it. Offsets follow from a formula if all lines have the same length. Otherwise
/// the constructor adds up all lengths once, which takes some 2 ns a line, and keeps a sum for every kLinesPerSum
/// lines, so offset_bytes() adds up at most that many.
class SizedLines final : public Content {
 public:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 30;

  /// Throws std::invalid_argument if the sizes are out of range.
  SizedLines(std::uint64_t lines, const LineSizes& sizes);

  std::uint64_t lines() const override { return lines_; }
  std::uint64_t offset_bytes(std::uint64_t line) const override;
  std::size_t longest_line_bytes() const override;
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override;
  std::optional<std::uint64_t> number_of(std::string_view line) const override;

 private:
  static constexpr std::uint64_t kLinesPerSum = 4096;

  bool all_of_one_length() const { return sizes_.least_bytes == sizes_.most_bytes; }
  std::size_t drawn_bytes(std::uint64_t number) const;
  std::size_t line_bytes(std::uint64_t number) const;
  std::uint64_t sum_bytes(std::uint64_t from, std::uint64_t to) const;
  std::uint64_t offset_in_one_length(std::uint64_t line) const;
  template <bool kOneLength>
  std::size_t render_as(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const;

  const std::uint64_t lines_;
  const LineSizes sizes_;
  std::array<std::uint64_t, 257> points_{};  // in units of 2^-12 bytes
  std::vector<std::uint64_t> sums_;          // bytes before line kLinesPerSum · i; the last entry is the total
};

}  // namespace writebench::engine
