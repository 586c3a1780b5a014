#include "engine/lines/held_lines.hpp"

#include <algorithm>
#include <numeric>

namespace writebench::engine {

std::uint64_t HeldLines::bytes_for(std::uint64_t lines, std::uint64_t text_bytes) {
  return text_bytes + lines * sizeof(std::uint32_t) + (lines / kLinesPerMark + 1) * sizeof(std::uint64_t);
}

HeldLines::HeldLines(std::uint64_t lines, std::uint64_t text_bytes)
    : text_bytes_(text_bytes), text_(std::make_unique_for_overwrite<char[]>(text_bytes)) {
  lengths_.reserve(lines);
  marks_.reserve(lines / kLinesPerMark + 1);
}

void HeldLines::append(std::uint32_t bytes) {
  if (lengths_.size() % kLinesPerMark == 0) marks_.push_back(end_);
  lengths_.push_back(bytes);
  end_ += bytes;
}

std::uint64_t HeldLines::offset_bytes(std::uint64_t line) const {
  const std::uint64_t mark = line / kLinesPerMark;
  const std::uint32_t* const lengths = lengths_.data();
  return std::accumulate(lengths + mark * kLinesPerMark, lengths + line, marks_[mark]);
}

Content::Run HeldLines::from(std::uint64_t line, std::uint64_t count) const {
  return {text_.get() + offset_bytes(line),
          {lengths_.data() + line, static_cast<std::size_t>(std::min(count, lines() - line))}};
}

}  // namespace writebench::engine
