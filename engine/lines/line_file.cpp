#include "engine/lines/line_file.hpp"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>

#include "engine/lines/block_reader.hpp"
#include "engine/lines/input_file.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

// Lines often reach into the next block, but not far: with this many more bytes, most of them are complete.
constexpr std::size_t kOverhangBytes = 1024;
static_assert(LineBlock::kSlackBytes >= BlockReader::kChunkBytes);

// Calls `visit(std::size_t)` with the index of each newline in `text`. BlockReader::kChunkBytes after its end must be
// readable.
template <class Visit>
void for_each_newline(const char* text, std::size_t bytes, Visit visit) {
  constexpr std::size_t kChunkBytes = BlockReader::kChunkBytes;
  for (std::size_t chunk = 0; chunk < bytes; chunk += kChunkBytes) {
    std::uint64_t newlines = newlines_in_chunk(text + chunk);
    if (bytes - chunk < kChunkBytes) newlines &= (std::uint64_t{1} << (bytes - chunk)) - 1;
    for (; newlines != 0; newlines &= newlines - 1) {
      visit(chunk + static_cast<std::size_t>(std::countr_zero(newlines)));
    }
  }
}

}  // namespace

LineFile::LineFile(const std::string& path) : path_(input_name(path)), descriptor_(open_input(path)) {
  try {
    make_index();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

LineFile::~LineFile() { ::close(descriptor_); }

std::uint64_t LineFile::block_of(std::uint64_t line) const {
  const auto after = std::upper_bound(index_.begin(), index_.end(), line,
                                      [](std::uint64_t wanted, const Start& start) { return wanted < start.line; });
  return static_cast<std::uint64_t>(after - index_.begin()) - 1;
}

// In one pass, finds the first line of each block and the length of the longest line.
void LineFile::make_index() {
  if (::fstat(descriptor_, &status_) != 0) refuse_input(path_, errno);
  if (status_.st_size == 0) refuse_input(path_, "it is empty; give a file with at least one line");
  bytes_ = static_cast<std::uint64_t>(status_.st_size);
  char last = '\n';
  read(bytes_ - 1, &last, 1);
  if (last != '\n') ++bytes_;

  constexpr std::size_t kReadBytes = 8 * kBlockBytes;
  std::vector<char> text(kReadBytes + LineBlock::kSlackBytes);
  const std::uint64_t blocks = (bytes_ - 1) / kBlockBytes + 1;
  index_.reserve(blocks + 1);
  index_.push_back({0, 0});
  std::uint64_t lines = 0;
  std::uint64_t start = 0;  // of the current line
  std::uint64_t longest = 0;
  for (std::uint64_t at = 0; at < bytes_; at += kReadBytes) {
    const auto bytes = static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, bytes_ - at));
    read(at, text.data(), bytes);
    std::uint64_t next_block = index_.size() * kBlockBytes;
    for_each_newline(text.data(), bytes, [&](std::size_t newline) {
      const std::uint64_t end = at + newline + 1;
      longest = std::max(longest, end - start);
      start = end;
      ++lines;
      if (end < next_block) [[likely]]
        return;
      index_.resize(std::min(end / kBlockBytes, blocks) + 1, {lines, end});
      next_block = index_.size() * kBlockBytes;
    });
  }
  if (longest > kLongestLineBytes) {
    refuse_input(path_, "it has a line of " + std::to_string(longest) + " bytes; lines of up to " +
                            std::to_string(kLongestLineBytes) + " can be replayed");
  }
  index_.resize(blocks + 1, {lines, bytes_});
  longest_line_bytes_ = longest;
}

void LineFile::load(std::uint64_t number, LineBlock& block) const {
  const Start& first = index_[number];
  const Start& after = index_[number + 1];
  block.number = UINT64_MAX;
  block.offset_bytes = number * kBlockBytes;
  block.text.resize(kBlockBytes + kOverhangBytes + LineBlock::kSlackBytes);
  block.text_bytes =
      static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes + kOverhangBytes, bytes_ - block.offset_bytes));
  read(block.offset_bytes, block.text.data(), block.text_bytes);

  const auto lines = static_cast<std::size_t>(after.line - first.line);
  block.first_line = first.line;
  block.boundaries.resize(lines + 1);
  std::size_t found = 0;
  const auto starts_at = [&](std::size_t place) {
    if (found < lines) block.boundaries[found] = static_cast<std::uint32_t>(place);
    ++found;
  };
  if (first.offset_bytes == block.offset_bytes) starts_at(0);
  const std::size_t block_bytes = std::min(kBlockBytes, block.text_bytes);
  for_each_newline(block.text.data(), block_bytes, [&](std::size_t newline) {
    if (newline + 1 < block_bytes) starts_at(newline + 1);
  });
  if (found != lines) throw_changed(block.offset_bytes);
  block.boundaries[lines] = static_cast<std::uint32_t>(after.offset_bytes - block.offset_bytes);
  block.number = number;
}

void LineFile::read(std::uint64_t offset_bytes, char* to, std::size_t bytes) const {
  const auto size = static_cast<std::uint64_t>(status_.st_size);
  if (offset_bytes + bytes > size) to[--bytes] = '\n';
  for (std::size_t filled = 0; filled < bytes;) {
    const std::uint64_t from = offset_bytes + filled;
    const ssize_t count = ::pread(descriptor_, to + filled, bytes - filled, static_cast<off_t>(from));
    if (count == 0) throw_changed(from);
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw IoError("pread", path_, from, errno);
    }
  }
  struct stat now {};
  if (::fstat(descriptor_, &now) != 0) throw IoError("fstat", path_, errno);
  if (now.st_size != status_.st_size || now.st_mtim.tv_sec != status_.st_mtim.tv_sec ||
      now.st_mtim.tv_nsec != status_.st_mtim.tv_nsec) {
    throw_changed(offset_bytes);
  }
}

void LineFile::throw_changed(std::uint64_t offset_bytes) const {
  throw IoError("replay", path_ + " (it has changed meanwhile; replay a copy that nothing writes to)", offset_bytes,
                ESTALE);
}

}  // namespace writebench::engine
