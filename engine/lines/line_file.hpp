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

/// A block of a LineFile: the lines that start in it.
struct LineBlock {
  std::uint64_t number = UINT64_MAX;      ///< of the block; none yet
  std::uint64_t first_line = 0;           ///< of those that start here
  std::uint64_t offset_bytes = 0;         ///< of the block in the file
  std::vector<char> text;                 ///< the block and what follows, of which kSlackBytes may be read in vain
  std::size_t text_bytes = 0;             ///< of it; a line may end behind them
  std::vector<std::uint32_t> boundaries;  ///< where in the block each line starts, then where the last one ends

  std::size_t lines() const { return boundaries.size() - 1; }

  static constexpr std::size_t kSlackBytes = 64;
};

/// A file of lines, each ended by a newline (a last one that lacks it is given one), to be read by line number in
/// memory that does not grow with the file: an index of 16 bytes for every block of 32 KiB, made by one pass in the
/// constructor, and the last few blocks read. Safe to use from any number of threads at once, and in a child process.
///
/// The file must stay as it is: every read looks at its size and time of modification afterwards, and throws IoError
/// where they have changed.
class LineFile {
 public:
  static constexpr std::size_t kBlockBytes = std::size_t{32} << 10;
  static constexpr std::size_t kCachedBlocks = 16;
  static constexpr std::uint64_t kLongestLineBytes = std::numeric_limits<std::uint32_t>::max() - 2 * kBlockBytes;

  /// Throws std::runtime_error, in words for the user, where there is nothing at `path` that can be read as lines
  /// twice: no file, no leave to read it, a directory, a pipe, a device, nothing in it, a line of 4 GiB.
  explicit LineFile(const std::string& path);
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  std::uint64_t lines() const { return index_.back().line; }
  std::uint64_t bytes() const { return bytes_; }  ///< with the newline that the last line was given
  std::size_t longest_line_bytes() const { return longest_line_bytes_; }

  /// The number of the block in which `line` starts.
  std::uint64_t block_of(std::uint64_t line) const;

  /// Calls `visit(const LineBlock&)` with that block. A block stays while one of the next ones in the file has not
  /// taken its place, so that producers who walk the file side by side read it once. Throws IoError.
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
  // The first line that starts in a block or, where none does, after it. The last one is where the file ends.
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
