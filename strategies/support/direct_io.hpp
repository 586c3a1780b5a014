#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "writebench/block.hpp"
#include "writebench/file.hpp"
#include "writebench/option.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {

/// What O_DIRECT asks of a file offset, of a length and of an address in memory: each is a multiple of so many bytes.
/// 4096, or more if the file system says so (statx(2)): many devices take 512, but write 4096 at a time inside. Throws
/// Unsupported if the file system says that it has no direct I/O for this file.
std::size_t direct_alignment(const File& file);

inline constexpr std::size_t kUsualDirectAlignment = 4096;

/// What so many blocks hold, rounded up to the usual alignment, and the start of a line that ends in them: the most
/// that a death of the process takes (Descriptor::may_lose_bytes).
inline std::uint64_t direct_blocks_bytes(const LossConditions& given, std::uint64_t blocks) {
  const std::uint64_t units = (given.parameters.value(kBufferSize) + kUsualDirectAlignment - 1) / kUsualDirectAlignment;
  return blocks * units * kUsualDirectAlignment + given.longest_line_bytes;
}

/// One write of O_DIRECT. Its last bytes may be padding: zeros that later lines replace, or a truncation cuts off.
struct DirectWrite {
  std::string_view bytes = {};
  std::uint64_t offset_bytes = 0;
  std::size_t padding_bytes = 0;

  std::uint64_t end_bytes() const { return offset_bytes + bytes.size(); }
  /// Of the lines.
  std::uint64_t line_bytes() const { return bytes.size() - padding_bytes; }
};

/// Where the blocks of a file go that is written by O_DIRECT from its start on. Lines are cut at the end of a block
/// (Block::fill()), as each block is a multiple of the alignment.
class DirectPlace {
 public:
  explicit DirectPlace(std::size_t alignment_bytes) : alignment_bytes_(alignment_bytes) {}

  /// A write of what the block holds and was not written before; no bytes if there is nothing. It begins where a unit
  /// of the alignment begins, so it may repeat the last bytes of the write before. The block keeps its bytes: fill it
  /// up, and call this again.
  DirectWrite write_of(Block& block) {
    const std::size_t used = block.bytes().size();
    if (used == written_bytes_) return {};
    const std::size_t begin = written_bytes_ / alignment_bytes_ * alignment_bytes_;
    const std::string_view padded = block.padded();
    written_bytes_ = used;
    return {padded.substr(begin), block_offset_bytes_ + begin, padded.size() - used};
  }

  /// The block was full: its last write reached to its end. The next one follows.
  void next_block() {
    block_offset_bytes_ += written_bytes_;
    written_bytes_ = 0;
  }

  /// The bytes of all lines that were given a place.
  std::uint64_t end_bytes() const { return block_offset_bytes_ + written_bytes_; }

 private:
  const std::size_t alignment_bytes_;
  std::uint64_t block_offset_bytes_ = 0;
  std::size_t written_bytes_ = 0;  // of the block
};

/// How far ahead of the lines a strategy allocates a file's space.
inline constexpr Option kAhead{.name = "ahead",
                               .key = "ahead_bytes",
                               .summary = "space allocated ahead (0: none)",
                               .kind = Option::Kind::kBytes,
                               .usual = 0,
                               .min = 0,
                               .max = 1ull << 40};

/// Allocates the space of a file in chunks, before it is written (fallocate(2)), so that not every write has to make
/// the file longer. Afterwards the file is too long: trim() it.
class SpaceAhead {
 public:
  /// With chunks of 0 bytes nothing is allocated.
  SpaceAhead(File& file, std::uint64_t chunk_bytes) : file_(file), chunk_bytes_(chunk_bytes) {}

  /// To be called before a write that ends there. Throws IoError, and Unsupported if the file system cannot do it.
  void reach(std::uint64_t end_bytes) {
    file_bytes_ = std::max(file_bytes_, end_bytes);
    if (chunk_bytes_ > 0 && allocated_bytes_ < end_bytes) allocate(end_bytes);
  }

  /// Cuts the file to the bytes of its lines if space or padding has made it longer.
  void trim(std::uint64_t line_bytes) {
    if (std::max(file_bytes_, allocated_bytes_) > line_bytes) file_.truncate(line_bytes);
  }

 private:
  void allocate(std::uint64_t end_bytes);

  File& file_;
  const std::uint64_t chunk_bytes_;
  std::uint64_t allocated_bytes_ = 0;
  std::uint64_t file_bytes_ = 0;  // up to the end of the last write
};

}  // namespace writebench::strategies
