#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// The first `lines` lines of another content, or all if it has fewer: the same lines at the same offsets.
class ContentPrefix final : public Content {
 public:
  ContentPrefix(std::shared_ptr<const Content> whole, std::uint64_t lines)
      : whole_(std::move(whole)), lines_(std::min(lines, whole_->lines())) {}

  std::uint64_t lines() const override { return lines_; }
  std::uint64_t offset_bytes(std::uint64_t line) const override { return whole_->offset_bytes(line); }
  std::size_t longest_line_bytes() const override { return whole_->longest_line_bytes(); }
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override {
    return whole_->render(range, text, lengths);
  }
  bool render_again(LineRange range, LineRange there, std::span<char> text) const override {
    return whole_->render_again(range, there, text);
  }
  Run held(LineRange range) const override { return whole_->held(range); }
  void arrange(std::uint64_t step) const override { whole_->arrange(step); }
  std::uint64_t held_bytes() const override { return whole_->held_bytes(); }
  bool lines_are_unique() const override { return whole_->lines_are_unique(); }
  std::optional<std::uint64_t> number_of(std::string_view line) const override {
    const auto number = whole_->number_of(line);
    return number && *number < lines_ ? number : std::nullopt;
  }

 private:
  const std::shared_ptr<const Content> whole_;
  const std::uint64_t lines_;
};

}  // namespace writebench::engine
