#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <utility>

#include "writebench/copy_line.hpp"

namespace writebench {

/// A buffer of whole lines that is filled and then handed to the kernel at once.
///
/// A line longer than the capacity gets a block to itself: the storage grows to that line, once. Memory is bounded by
/// the larger of the capacity and the longest line. Not thread-safe; a view from take() stays valid until the next
/// append() to the same block.
class Block {
 public:
  Block() = default;

  /// Allocates `capacity_bytes` and touches every page, so that no page fault happens inside the clock. O_DIRECT needs
  /// addresses and lengths that are multiples of `alignment_bytes` (a power of two); the capacity is rounded up to such
  /// a multiple.
  explicit Block(std::size_t capacity_bytes, std::size_t alignment_bytes = 1)
      : storage_bytes_(rounded_up(capacity_bytes, alignment_bytes)),
        storage_(allocate(storage_bytes_, alignment_bytes)),
        next_(storage_.get()),
        limit_(next_ + storage_bytes_) {
    std::memset(next_, 0, storage_bytes_);
  }

  /// Uses memory that another object owns and that outlives the block.
  explicit Block(std::span<char> memory)
      : storage_bytes_(memory.size()),
        storage_(memory.data(), Free::nothing()),
        next_(storage_.get()),
        limit_(next_ + storage_bytes_) {}

  /// Whether `line` can be added without exceeding the capacity.
  bool fits(std::string_view line) const { return static_cast<std::ptrdiff_t>(line.size()) <= limit_ - next_; }

  bool empty() const { return next_ == storage_.get(); }

  /// Adds as much of `bytes` as fits, and returns the rest. Use it for blocks of one exact size; other blocks hold
  /// whole lines.
  std::string_view fill(std::string_view bytes) {
    const std::size_t count = std::min(bytes.size(), static_cast<std::size_t>(limit_ - next_));
    if (count != 0) std::memcpy(next_, bytes.data(), count);
    next_ += count;
    return bytes.substr(count);
  }

  /// Adds a line. If it does not fit, the block must be empty: take() first.
  void append(std::string_view line) {
    if (!fits(line)) [[unlikely]]
      make_room_for_one(line.size());
    copy_line(next_, line);
    next_ += line.size();
  }

  /// The bytes collected so far; the block is empty afterwards.
  std::string_view take() {
    char* const end = std::exchange(next_, storage_.get());
    return {storage_.get(), static_cast<std::size_t>(end - storage_.get())};
  }

  /// Like take(), but pads the bytes with zeros up to a multiple of the alignment.
  std::string_view take_padded() {
    const std::string_view bytes = padded();
    next_ = storage_.get();
    return bytes;
  }

  /// The bytes collected so far. They stay in the block, and the next ones go behind them.
  std::string_view bytes() const { return {storage_.get(), static_cast<std::size_t>(next_ - storage_.get())}; }

  /// The same with zeros behind them up to a multiple of the alignment.
  std::string_view padded() {
    const std::size_t padded_bytes = rounded_up(bytes().size(), storage_.get_deleter().alignment_bytes);
    std::memset(next_, 0, padded_bytes - bytes().size());
    return {storage_.get(), padded_bytes};
  }

 private:
  struct Free {
    std::size_t alignment_bytes;
    bool owns = true;

    Free() noexcept : alignment_bytes(1) {}
    explicit Free(std::size_t alignment) noexcept : alignment_bytes(alignment) {}
    static Free nothing() noexcept {
      Free free;
      free.owns = false;
      return free;
    }
    void operator()(char* bytes) const {
      if (!owns) return;
      if (is_aligned_by_default(alignment_bytes)) {
        ::operator delete[](bytes);
      } else {
        ::operator delete[](bytes, std::align_val_t{alignment_bytes});
      }
    }
  };
  using Storage = std::unique_ptr<char[], Free>;

  static bool is_aligned_by_default(std::size_t alignment_bytes) {
    return alignment_bytes <= __STDCPP_DEFAULT_NEW_ALIGNMENT__;
  }

  static std::size_t rounded_up(std::size_t bytes, std::size_t alignment_bytes) {
    return (bytes + alignment_bytes - 1) / alignment_bytes * alignment_bytes;
  }

  void make_room_for_one(std::size_t line_bytes) {
    if (line_bytes <= storage_bytes_) return;
    const std::ptrdiff_t capacity = limit_ - storage_.get();
    const std::size_t alignment_bytes = storage_.get_deleter().alignment_bytes;
    storage_bytes_ = rounded_up(line_bytes, alignment_bytes);
    storage_ = allocate(storage_bytes_, alignment_bytes);
    next_ = storage_.get();
    limit_ = next_ + capacity;
  }

  // Static and out of line: this keeps the members of a local block in registers in the loop that fills it.
  [[gnu::noinline]] static Storage allocate(std::size_t bytes, std::size_t alignment_bytes) {
    void* const memory = is_aligned_by_default(alignment_bytes)
                             ? ::operator new[](bytes)
                             : ::operator new[](bytes, std::align_val_t{alignment_bytes});
    return {static_cast<char*>(memory), Free{alignment_bytes}};
  }

  std::size_t storage_bytes_ = 0;  // at least the capacity; more after a longer line
  Storage storage_;
  char* next_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace writebench
