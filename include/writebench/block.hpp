#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace writebench {

/// A buffer of whole lines that is filled and then handed to the kernel at once.
///
/// A line longer than the capacity gets a block to itself: the storage grows to that line, once. Memory is bounded by
/// the larger of the capacity and the longest line. Not thread-safe; a view from take() stays valid until the next
/// append() to the same block.
class Block {
 public:
  Block() = default;

  /// Allocates `capacity_bytes` and touches every page, so that no page fault is left for the clock.
  explicit Block(std::size_t capacity_bytes)
      : storage_bytes_(capacity_bytes),
        storage_(new char[capacity_bytes]()),
        next_(storage_.get()),
        limit_(next_ + capacity_bytes) {}

  /// Whether `line` may join what is here without exceeding the capacity.
  bool fits(std::string_view line) const { return static_cast<std::ptrdiff_t>(line.size()) <= limit_ - next_; }

  bool empty() const { return next_ == storage_.get(); }

  /// Adds a line. Where it does not fit, the block must be empty: take() first.
  void append(std::string_view line) {
    if (!fits(line)) [[unlikely]]
      make_room_for_one(line.size());
    copy_small(next_, line.data(), line.size());
    next_ += line.size();
  }

  /// The bytes collected so far; the block is empty afterwards.
  std::string_view take() {
    char* const end = std::exchange(next_, storage_.get());
    return {storage_.get(), static_cast<std::size_t>(end - storage_.get())};
  }

 private:
  // Lines are short: two overlapping words cover 8 to 16 bytes, two vectors 16 to 32, without a call and without
  // reading outside the line.
  static void copy_small(char* to, const char* from, std::size_t bytes) {
    if (bytes - 8 <= 8) [[likely]] {
      std::uint64_t head, tail;
      std::memcpy(&head, from, 8);
      std::memcpy(&tail, from + bytes - 8, 8);
      std::memcpy(to, &head, 8);
      std::memcpy(to + bytes - 8, &tail, 8);
    } else if (bytes - 16 <= 16) {
      struct Vector {
        std::uint64_t low, high;
      } head, tail;
      std::memcpy(&head, from, 16);
      std::memcpy(&tail, from + bytes - 16, 16);
      std::memcpy(to, &head, 16);
      std::memcpy(to + bytes - 16, &tail, 16);
    } else {
      std::memcpy(to, from, bytes);
    }
  }

  void make_room_for_one(std::size_t line_bytes) {
    if (line_bytes <= storage_bytes_) return;
    const std::ptrdiff_t capacity = limit_ - storage_.get();
    storage_ = allocate(line_bytes);
    storage_bytes_ = line_bytes;
    next_ = storage_.get();
    limit_ = next_ + capacity;
  }

  // Static and out of line, so that the members of a local block stay in registers in the loop that fills it.
  [[gnu::noinline]] static std::unique_ptr<char[]> allocate(std::size_t bytes) {
    return std::unique_ptr<char[]>(new char[bytes]);
  }

  std::size_t storage_bytes_ = 0;  // at least the capacity; more once a longer line has come
  std::unique_ptr<char[]> storage_;
  char* next_ = nullptr;
  char* limit_ = nullptr;
};

}  // namespace writebench
