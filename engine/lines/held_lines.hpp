#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "writebench/lines.hpp"

namespace writebench::engine {

/// Lines that lie one after the other in memory, and how long each is: walking them costs no copy and no call. Takes
/// bytes_for() bytes. Immutable once built; any number of threads may use it at once, and so may a child process.
class HeldLines {
 public:
  /// The memory that so many lines of so many bytes take in all.
  static std::uint64_t bytes_for(std::uint64_t lines, std::uint64_t text_bytes);

  /// Room for that many bytes of text and lines, which append() then fills.
  HeldLines(std::uint64_t lines, std::uint64_t text_bytes);

  /// Where the next line goes, and how much room is left for it.
  std::span<char> room() { return {text_.get() + end_, text_bytes_ - end_}; }
  /// Makes the next `bytes` of the room a line.
  void append(std::uint32_t bytes);

  std::uint64_t lines() const { return lengths_.size(); }
  std::uint64_t bytes() const { return bytes_for(lines(), end_); }

  /// The bytes before number `line`, which exists.
  std::uint64_t offset_bytes(std::uint64_t line) const;

  /// At most `count` lines from number `line` on, which exists.
  Content::Run from(std::uint64_t line, std::uint64_t count) const;

 private:
  static constexpr std::uint64_t kLinesPerMark = 16;

  const std::uint64_t text_bytes_;
  std::unique_ptr<char[]> text_;
  std::uint64_t end_ = 0;
  std::vector<std::uint32_t> lengths_;
  std::vector<std::uint64_t> marks_;  // the offset of every kLinesPerMark-th line
};

}  // namespace writebench::engine
