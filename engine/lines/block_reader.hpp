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

/// Reads a file in blocks, through one buffer. Calls `stop` before the first byte and after every MiB; once it returns
/// true, the file seems to end. Not thread-safe. All but the destructor throw IoError.
class BlockReader {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{256} << 10;

  /// The block size is the larger of kBlockBytes and `longest_line_bytes`.
  BlockReader(const std::string& path, std::size_t longest_line_bytes, const std::function<bool()>& stop);
  ~BlockReader();
  BlockReader(const BlockReader&) = delete;
  BlockReader& operator=(const BlockReader&) = delete;

  /// A block from `offset_bytes` on; it is shorter only at the end of the file. Valid until the next call; kChunkBytes
  /// after its end may be read too.
  std::string_view read_at(std::uint64_t offset_bytes);

  std::size_t block_bytes() const { return buffer_.size() - kChunkBytes; }
  std::uint64_t file_bytes() const { return file_bytes_; }  ///< up to the last byte read
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

/// The bytes up to a newline, which is included, or to the end of the file.
struct Piece {
  std::string_view text;           ///< empty if the piece is longer than a block, and so not a line
  std::uint64_t offset_bytes = 0;  ///< in the file
  std::uint64_t bytes = 0;
  bool ended = false;  ///< whether it ends with a newline
};

/// Reads on to find the length of the piece at `offset_bytes`, which is longer than a block.
Piece measure_long_piece(BlockReader& file, std::uint64_t offset_bytes);

/// Bit i says whether text[i] is a newline, for kChunkBytes bytes. Searching for one newline after another would cost
/// more than all other work on lines as short as ours, because each search waits for the one before.
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

/// Calls `visit(const Piece&)` for each piece of the file, in order, until it returns false. Returns whether all were
/// visited. If a block ends within a line, the next block starts with that line, so no line is assembled from two
/// blocks. Memory is one block, whatever the size of the file.
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
