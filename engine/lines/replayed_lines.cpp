#include "engine/lines/replayed_lines.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

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

// Copies the lines of `range` of a file that is replayed again and again, as many as there is room for.
void copy_held(const HeldLines& file, LineRange range, Rest& rest) {
  for (std::uint64_t line = range.first % file.lines(); !rest.lengths.empty();
       line = (line + range.step) % file.lines()) {
    const Content::Run run = file.from(line, range.step == 1 ? rest.lengths.size() : 1);
    std::size_t bytes = 0;
    std::size_t done = 0;
    for (; done < run.lengths.size() && bytes + run.lengths[done] <= rest.bytes; ++done) {
      bytes += rest.lengths[done] = run.lengths[done];
    }
    std::memcpy(rest.to, run.text, bytes);
    rest = {rest.to + bytes, rest.bytes - bytes, rest.lengths.subspan(done)};
    if (done < run.lengths.size()) return;
    line += done - 1;
  }
}

}  // namespace

ReplayedLines::ReplayedLines(std::shared_ptr<const LineFile> file, std::optional<std::uint64_t> lines,
                             std::uint64_t most_held_bytes)
    : shared_(std::move(file)),
      file_(*shared_),
      lines_(lines.value_or(file_.lines())),
      most_held_bytes_(most_held_bytes) {
  const std::uint64_t bytes = HeldLines::bytes_for(file_.lines(), file_.bytes());
  if (bytes > most_held_bytes_) return;
  whole_.emplace(file_.lines(), file_.bytes());
  file_.read(0, whole_->room().data(), static_cast<std::size_t>(file_.bytes()));
  while (!whole_->room().empty()) {
    const std::span<const char> rest = whole_->room();
    const void* newline = std::memchr(rest.data(), '\n', rest.size());
    whole_->append(static_cast<std::uint32_t>(static_cast<const char*>(newline) - rest.data() + 1));
  }
  held_bytes_ = bytes;
}

Content::Run ReplayedLines::held(LineRange range) const {
  if (!whole_ || range.count == 0) return {};
  if (range.step == 1) return whole_->from(range.first % file_.lines(), range.count);
  const auto shares = shares_.find(range.step);
  if (shares == shares_.end() || shares->second.empty()) return {};
  const HeldLines& share = shares->second[range.first % range.step];
  const std::uint64_t line = range.first / range.step;
  return line < share.lines() ? share.from(line, range.count) : Run{};
}

void ReplayedLines::arrange(std::uint64_t step) const {
  if (!whole_ || step == 1 || shares_.contains(step)) return;
  if (HeldLines::bytes_for(lines_, offset_bytes(lines_)) > most_held_bytes_ - held_bytes_) return;
  std::vector<std::uint64_t> share_bytes(static_cast<std::size_t>(std::min(step, lines_)));
  std::uint64_t number = 0;
  for (const std::string_view line : Lines(*this, {0, 1, lines_})) share_bytes[number++ % step] += line.size();
  std::vector<HeldLines> shares;
  for (std::uint64_t first = 0; first < share_bytes.size(); ++first) {
    shares.emplace_back((lines_ - first - 1) / step + 1, share_bytes[first]);
  }
  number = 0;
  for (const std::string_view line : Lines(*this, {0, 1, lines_})) {
    HeldLines& share = shares[number++ % step];
    std::memcpy(share.room().data(), line.data(), line.size());
    share.append(static_cast<std::uint32_t>(line.size()));
  }
  for (const HeldLines& share : shares) held_bytes_ += share.bytes();
  shares_.emplace(step, std::move(shares));
}

std::uint64_t ReplayedLines::offset_bytes(std::uint64_t line) const {
  const std::uint64_t file_line = line % file_.lines();
  std::uint64_t offset_bytes = line / file_.lines() * file_.bytes();
  if (file_line == 0) return offset_bytes;
  if (whole_) return offset_bytes + whole_->offset_bytes(file_line);
  file_.with_block(file_.block_of(file_line), [&](const LineBlock& block) {
    offset_bytes += block.offset_bytes + block.boundaries[file_line - block.first_line];
  });
  return offset_bytes;
}

std::size_t ReplayedLines::render(LineRange range, std::span<char> text, std::span<std::uint32_t> lengths) const {
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(range.count, lengths.size()));
  if (wanted == 0) return 0;
  Rest rest{text.data(), text.size() - kSlackBytes, lengths.first(wanted)};
  if (whole_) {
    copy_held(*whole_, range, rest);
    return wanted - rest.lengths.size();
  }
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
