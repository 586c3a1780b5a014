#include "engine/lines/block_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

int open_to_read(const std::string& path) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor >= 0) return descriptor;
    if (errno != EINTR) throw IoError("open", path, errno);
  }
}

}  // namespace

BlockReader::BlockReader(const std::string& path, std::size_t longest_line_bytes, const std::function<bool()>& stop)
    : path_(path),
      stop_(stop),
      buffer_(std::max(kBlockBytes, longest_line_bytes) + kChunkBytes),
      descriptor_(open_to_read(path)) {
  ::posix_fadvise(descriptor_, 0, 0, POSIX_FADV_SEQUENTIAL);  // a hint; without it, reading is only slower
}

BlockReader::~BlockReader() { ::close(descriptor_); }

std::string_view BlockReader::read_at(std::uint64_t offset_bytes) {
  if (unpolled_bytes_ >= kBytesPerPoll) {
    unpolled_bytes_ = 0;
    stopped_ = stopped_ || (stop_ && stop_());
  }
  if (stopped_) return {};
  std::size_t filled = 0;
  while (filled < block_bytes()) {
    const std::uint64_t from = offset_bytes + filled;
    const ssize_t count =
        ::pread(descriptor_, buffer_.data() + filled, block_bytes() - filled, static_cast<off_t>(from));
    if (count == 0) break;
    if (count > 0) {
      filled += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      throw IoError("pread", path_, from, errno);
    }
  }
  unpolled_bytes_ += filled;
  file_bytes_ = std::max(file_bytes_, offset_bytes + filled);
  return {buffer_.data(), filled};
}

Piece measure_long_piece(BlockReader& file, std::uint64_t offset_bytes) {
  Piece piece{{}, offset_bytes, 0, false};
  while (!piece.ended) {
    const std::string_view block = file.read_at(offset_bytes + piece.bytes);
    if (block.empty()) break;
    const std::size_t newline = block.find('\n');
    piece.ended = newline != block.npos;
    piece.bytes += piece.ended ? newline + 1 : block.size();
  }
  return piece;
}

}  // namespace writebench::engine
