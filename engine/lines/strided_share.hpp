#pragma once

#include "writebench/lines.hpp"

namespace writebench::engine {

/// The lines of one writer, as a content of their own: line i is line writer + i * writers of the whole. Keeps a
/// reference to the whole, which must outlive it.
class StridedShare final : public Content {
 public:
  StridedShare(const Content& whole, unsigned writer, unsigned writers)
      : whole_(whole), writer_(writer), writers_(writers) {}

  std::uint64_t lines() const override;
  /// With several writers, renders all lines before `line` to add up their lengths.
  std::uint64_t offset_bytes(std::uint64_t line) const override;
  std::size_t longest_line_bytes() const override { return whole_.longest_line_bytes(); }
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override;
  bool render_again(LineRange range, LineRange there, std::span<char> text) const override;
  bool lines_are_unique() const override { return whole_.lines_are_unique(); }
  /// No value if the line belongs to another writer.
  std::optional<std::uint64_t> number_of(std::string_view line) const override;

  /// The number of this share's `line` in the whole.
  std::uint64_t number_in_whole(std::uint64_t line) const { return writer_ + line * writers_; }

 private:
  LineRange in_whole(LineRange range) const {
    return {number_in_whole(range.first), range.step * writers_, range.count};
  }

  const Content& whole_;
  const std::uint64_t writer_;
  const std::uint64_t writers_;
};

}  // namespace writebench::engine
