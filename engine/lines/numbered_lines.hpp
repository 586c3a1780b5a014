#pragma once

#include "writebench/lines.hpp"

namespace writebench::engine {

/// The lines of the origin case: `line#0`, `line#1`, … each ended by a newline. Renders any line without those before
/// it.
class NumberedLines final : public Content {
 public:
  explicit NumberedLines(std::uint64_t lines) : lines_(lines) {}

  std::uint64_t lines() const override { return lines_; }
  std::uint64_t offset_bytes(std::uint64_t line) const override;
  std::size_t longest_line_bytes() const override;
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override;
  bool render_again(LineRange range, LineRange there, std::span<char> text) const override;
  std::optional<std::uint64_t> number_of(std::string_view line) const override;

 private:
  std::uint64_t lines_;
};

}  // namespace writebench::engine
