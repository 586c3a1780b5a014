#pragma once

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "writebench/lines.hpp"

namespace writebench::engine {

using Strings = std::vector<std::string>;

inline std::string join(const Strings& lines) { return std::accumulate(lines.begin(), lines.end(), std::string()); }

/// Lines of any bytes and lengths, which may be equal to each other.
class ListedLines final : public Content {
 public:
  explicit ListedLines(std::vector<std::string> lines)
      : lines_(std::move(lines)),
        are_unique_(std::set<std::string_view>(lines_.begin(), lines_.end()).size() == lines_.size()) {}

  std::uint64_t lines() const override { return lines_.size(); }
  std::uint64_t offset_bytes(std::uint64_t line) const override {
    std::uint64_t bytes = 0;
    for (std::uint64_t before = 0; before < line; ++before) bytes += lines_[before].size();
    return bytes;
  }
  std::size_t longest_line_bytes() const override {
    std::size_t longest = 0;
    for (const std::string& line : lines_) longest = std::max(longest, line.size());
    return longest;
  }
  std::size_t render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const override {
    std::size_t done = 0;
    for (std::size_t at = 0; done < std::min<std::uint64_t>(range.count, lengths.size()); ++done) {
      const std::string& line = lines_[range.first + done * range.step];
      if (at + line.size() + kSlackBytes > text.size()) break;
      std::copy(line.begin(), line.end(), text.begin() + static_cast<std::ptrdiff_t>(at));
      lengths[done] = static_cast<std::uint32_t>(line.size());
      at += line.size();
    }
    return done;
  }
  bool lines_are_unique() const override { return are_unique_; }
  std::optional<std::uint64_t> number_of(std::string_view line) const override {
    const auto found = std::find(lines_.begin(), lines_.end(), line);
    if (found == lines_.end()) return std::nullopt;
    return static_cast<std::uint64_t>(found - lines_.begin());
  }

 private:
  const std::vector<std::string> lines_;
  const bool are_unique_;
};

}  // namespace writebench::engine
