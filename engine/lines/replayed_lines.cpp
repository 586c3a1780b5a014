#include "engine/lines/replayed_lines.hpp"

#include <algorithm>
#include <cstring>

namespace writebench::engine {
namespace {

// The space that render() still has to fill.
struct Rest {
  char* to;
  std::size_t bytes;
  std::span<std::uint32_t> lengths;
};

// Copies the bytes from `start` to `end` of the block's lines; `end` may be after the bytes that the block holds.
void copy_out(const LineFile& file, const LineBlock& block, std::size_t start, std::size_t end, char* to) {
  const std::size_t held = std::clamp(block.text_bytes, start, end);
  std::memcpy(to, block.text.data() + start, held - start);
  if (held != end) file.read(block.offset_bytes + held, to + (held - start), end - held);
}

// Copies a short line in whole words, and up to 31 bytes more than needed.
void copy_line(const LineFile& file, const LineBlock& block, std::size_t start, std::size_t end, char* to) {
  constexpr std::size_t kWordBytes = 32;
  static_assert(kWordBytes <= Content::kSlackBytes && kWordBytes <= LineBlock::kSlackBytes);
  if (end > block.text_bytes || end - start > 8 * kWordBytes) {
    copy_out(file, block, start, end, to);
  } else {
    for (const char* from = block.text.data() + start; start < end; start += kWordBytes) {
      std::memcpy(to, from, kWordBytes);
      from += kWordBytes;
      to += kWordBytes;
    }
  }
}

// Takes line `line` of the block and those after it, as many as there is room for, and copies their bytes at once.
std::size_t take_run(const LineFile& file, const LineBlock& block, std::size_t line, Rest& rest) {
  const std::size_t wanted = std::min(rest.lengths.size(), block.lines() - line);
  const std::uint32_t* const boundary = &block.boundaries[line];
  const std::size_t room = boundary[0] + rest.bytes;
  std::size_t done = 0;
  for (; done < wanted && boundary[done + 1] <= room; ++done) rest.lengths[done] = boundary[done + 1] - boundary[done];
  copy_out(file, block, boundary[0], boundary[done], rest.to);
  rest.to += boundary[done] - boundary[0];
  rest.bytes -= boundary[done] - boundary[0];
  rest.lengths = rest.lengths.subspan(done);
  return done;
}

// Takes every `step`-th line of the block from `line` on, as many as there is room for.
std::size_t take_strided(const LineFile& file, const LineBlock& block, std::size_t line, std::uint64_t step,
                         Rest& rest) {
  const std::size_t lines = block.lines();
  std::size_t done = 0;
  while (done < rest.lengths.size()) {
    const std::uint32_t start = block.boundaries[line];
    const std::uint32_t end = block.boundaries[line + 1];
    if (end - start > rest.bytes) break;
    copy_line(file, block, start, end, rest.to);
    rest.to += end - start;
    rest.bytes -= end - start;
    rest.lengths[done++] = end - start;
    if (step >= lines - line) break;
    line += static_cast<std::size_t>(step);
  }
  rest.lengths = rest.lengths.subspan(done);
  return done;
}

}  // namespace

std::uint64_t ReplayedLines::offset_bytes(std::uint64_t line) const {
  const std::uint64_t file_line = line % file_.lines();
  std::uint64_t offset_bytes = line / file_.lines() * file_.bytes();
  if (file_line == 0) return offset_bytes;
  file_.with_block(file_.block_of(file_line), [&](const LineBlock& block) {
    offset_bytes += block.offset_bytes + block.boundaries[file_line - block.first_line];
  });
  return offset_bytes;
}

std::size_t ReplayedLines::render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(range.count, lengths.size()));
  if (wanted == 0) return 0;
  Rest rest{text.data(), text.size() - kSlackBytes, lengths.first(wanted)};
  std::uint64_t line = range.first % file_.lines();
  const std::uint64_t first_block = file_.block_of(line);
  bool has_room = true;
  const auto take_from = [&](const LineBlock& block) {
    for (std::uint64_t in_block = line - block.first_line; in_block < block.lines();) {
      const std::size_t done = range.step == 1 ? take_run(file_, block, in_block, rest)
                                               : take_strided(file_, block, in_block, range.step, rest);
      has_room = in_block + done * range.step >= block.lines() && !rest.lengths.empty();
      line = (line + done * range.step) % file_.lines();
      if (!has_room) return;
      in_block = line - block.first_line;  // within this block again if the file is short; otherwise after its lines
    }
  };
  for (std::uint64_t number = first_block; has_room; number = file_.block_of(line)) {
    const bool far = number < first_block || number - first_block >= LineFile::kCachedBlocks / 2;
    if (far && range.step != 1) break;
    file_.with_block(number, take_from);
  }
  return wanted - rest.lengths.size();
}

}  // namespace writebench::engine
