#pragma once

#include <sys/stat.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <vector>

namespace writebench::engine {

/// One block of a LineFile, with the lines that start in it.
struct LineBlock {
  std::uint64_t number = UINT64_MAX;      ///< the block's number; the initial value means none
  std::uint64_t first_line = 0;           ///< the first line that starts in the block
  std::uint64_t offset_bytes = 0;         ///< the block's offset in the file
  std::vector<char> text;                 ///< the block and the bytes after it; kSlackBytes of these are only padding
  std::size_t text_bytes = 0;             ///< without the padding; a line may end after them
  std::vector<std::uint32_t> boundaries;  ///< in the block, the start of each line, and the end of the last

  std::size_t lines() const { return boundaries.size() - 1; }

  static constexpr std::size_t kSlackBytes = 64;
};

/// A file of lines, each ended by a newline (one is added to a last line that lacks it). Lines are read by number, in
/// memory that hardly grows with the file: an index of 16 bytes for every block of 32 KiB, made by one pass in the
/// constructor, and the last few blocks read. Any number of threads may use it at once, and so may a child process.
///
/// The file must not change: every read checks its size and modification time afterwards, and throws IoError if they
/// differ.
class LineFile {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{32} << 10;
  static constexpr std::size_t kCachedBlocks = 16;
  static constexpr std::uint64_t kLongestLineBytes = std::numeric_limits<std::uint32_t>::max() - 2 * kBlockBytes;

  /// Opens it with open_input(). Throws std::runtime_error, with a message for the user, if that does, or if the file
  /// is empty or has a line of 4 GiB.
  explicit LineFile(const std::string& path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  std::uint64_t lines() const { return index_.back().line; }
  std::uint64_t bytes() const { return bytes_; }  ///< including the newline added to the last line
  std::size_t longest_line_bytes() const { return longest_line_bytes_; }

  /// The number of the block in which `line` starts.
  std::uint64_t block_of(std::uint64_t line) const;

  /// Calls `visit(const LineBlock&)` with that block. A block stays cached until a later one of the file replaces it,
  /// so producers that walk the file side by side read it once. Throws IoError.
  template <class Visit>
  void with_block(std::uint64_t number, Visit visit) const {
    Slot& slot = slots_[number % kCachedBlocks];
    {
      const std::shared_lock lock(slot.mutex);
      if (slot.block.number == number) {
        visit(slot.block);
        return;
      }
    }
    const std::unique_lock lock(slot.mutex);
    if (slot.block.number != number) load(number, slot.block);
    visit(slot.block);
  }

  /// Reads `bytes` from `offset_bytes` on. Throws IoError.
  void read(std::uint64_t offset_bytes, char* to, std::size_t bytes) const;

 private:
  struct Slot {
    std::shared_mutex mutex;
    LineBlock block;
  };
  // The first line that starts in a block, or after it if none starts there. The last entry is the end of the file.
  struct Start {
    std::uint64_t line = 0;
    std::uint64_t offset_bytes = 0;
  };

  void make_index();
  void load(std::uint64_t number, LineBlock& block) const;
  [[noreturn]] void throw_changed(std::uint64_t offset_bytes) const;

  const std::string path_;
  int descriptor_ = -1;
  struct stat status_ {};
  std::uint64_t bytes_ = 0;
  std::size_t longest_line_bytes_ = 0;
  std::vector<Start> index_;
  mutable std::array<Slot, kCachedBlocks> slots_;
};

}  // namespace writebench::engine
