#pragma once

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace writebench::engine {

/// Reads a file in blocks, through one buffer. Asks `stop` before the first byte and after every MiB; from the first
/// yes on the file seems to end. Not thread-safe. All but the destructor throw IoError.
class BlockReader {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

  /// The block is kBlockBytes, or `longest_line_bytes` where that is more.
  BlockReader(const std::string& path, std::size_t longest_line_bytes, const std::function<bool()>& stop);
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  /// A whole block from `offset_bytes` on; less than that only where the file ends. Valid until the next call, and
  /// followed by kChunkBytes that may be read.
  std::string_view read_at(std::uint64_t offset_bytes);

  std::size_t block_bytes() const { return buffer_.size() - kChunkBytes; }
  std::uint64_t file_bytes() const { return file_bytes_; }  ///< as far as anything was read
  bool stopped() const { return stopped_; }

  static constexpr std::size_t kChunkBytes = 64;

 private:
  static constexpr std::size_t kBytesPerPoll = std::size_t{1} << 20;

  const std::string path_;
  const std::function<bool()> stop_;
  std::vector<char> buffer_;
  int descriptor_ = -1;
  std::uint64_t file_bytes_ = 0;
  std::size_t unpolled_bytes_ = kBytesPerPoll;
  bool stopped_ = false;
};

/// Bytes up to and with a newline, or up to the end of the file.
struct Piece {
  std::string_view text;           ///< empty where it is longer than a block, and so no line
  std::uint64_t offset_bytes = 0;  ///< in the file
  std::uint64_t bytes = 0;
  bool ended = false;  ///< by a newline
};

/// Reads on to find out how long the piece is that starts at `offset_bytes` and that no block holds.
Piece measure_long_piece(BlockReader& file, std::uint64_t offset_bytes);

/// Bit i says whether text[i] is a newline, for kChunkBytes bytes. To search for one newline after the other costs more
/// than all else that is done to lines as short as ours, because each search waits for the one before.
inline std::uint64_t newlines_in_chunk(const char* text) {
  std::uint64_t mask = 0;
#ifdef __SSE2__
  const __m128i newline = _mm_set1_epi8('\n');
  for (unsigned i = 0; i < BlockReader::kChunkBytes; i += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text + i));
    const auto equal = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, newline)));
    mask |= std::uint64_t{equal} << i;
  }
#else
  for (unsigned i = 0; i < BlockReader::kChunkBytes; ++i) mask |= std::uint64_t{text[i] == '\n'} << i;
#endif
  return mask;
}

/// Calls `visit(const Piece&)` for each piece of the file from its start, in order, until it returns false; says
/// whether it never did. A block that ends within a line is followed by one that starts with that line, so that no line
/// is put together from two; memory is one block, whatever the file.
template <class Visit>
bool for_each_piece(BlockReader& file, Visit visit) {
  constexpr std::size_t kChunkBytes = BlockReader::kChunkBytes;
  std::uint64_t at = 0;
  for (std::string_view block = file.read_at(at); !block.empty(); block = file.read_at(at)) {
    const char* start = block.data();
    for (std::size_t chunk = 0; chunk < block.size(); chunk += kChunkBytes) {
      std::uint64_t newlines = newlines_in_chunk(block.data() + chunk);
      if (block.size() - chunk < kChunkBytes) newlines &= (std::uint64_t{1} << (block.size() - chunk)) - 1;
      for (; newlines != 0; newlines &= newlines - 1) {
        const char* const end = block.data() + chunk + std::countr_zero(newlines) + 1;
        const auto bytes = static_cast<std::size_t>(end - start);
        const auto before = static_cast<std::size_t>(start - block.data());
        if (!visit(Piece{{start, bytes}, at + before, bytes, true})) return false;
        start = end;
      }
    }
    if (start != block.data()) {
      at += static_cast<std::size_t>(start - block.data());
    } else {
      const bool last = block.size() < file.block_bytes();
      const Piece piece = last ? Piece{block, at, block.size(), false} : measure_long_piece(file, at);
      if (!visit(piece)) return false;
      at += piece.bytes;
    }
  }
  return true;
}

}  // namespace writebench::engine
