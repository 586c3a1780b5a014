#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>
#include <string_view>

namespace writebench::strategies {

/// A ring of lines for one producer and one consumer, without a lock. Each line is whole in one piece of memory: one
/// that does not fit before the end of the ring goes to its start. Memory is the capacity. A line longer than half of
/// it may not find a place even in an empty ring; it is passed by reference instead, and its producer waits.
///
/// One thread at a time may call the producer's part, and one the consumer's.
class ByteRing {
 public:
  /// Where the producer's next line goes, and up to where there is room as far as it knows. The producer keeps it in a
  /// local variable, so that it can stay in registers from line to line.
  struct Place {
    char* bytes;  // of the ring, which the offsets count from
    std::size_t at;
    std::size_t limit;

    bool has_room(std::size_t line_bytes) const { return line_bytes <= limit - at; }
  };

  /// Allocates `capacity_bytes` and touches every page.
  explicit ByteRing(std::size_t capacity_bytes)
      : capacity_(capacity_bytes), bytes_(std::make_unique<char[]>(capacity_bytes)) {}
  ByteRing(const ByteRing&) = delete;
  ByteRing& operator=(const ByteRing&) = delete;

  // The producer's part.

  /// The place of its first line.
  Place start() { return {bytes_.get(), 0, capacity_}; }

  /// Whether a ring that is empty has room for a line of so many bytes, wherever the last line ended.
  bool takes(std::size_t bytes) const { return bytes <= capacity_ / 2; }

  /// The place of the next line if the given one has no room for it: a place that has room, unless there is none now.
  [[gnu::noinline]] Place find_room(Place place, std::size_t bytes) {
    const std::size_t released = released_.load(std::memory_order_acquire);
    // The two positions are equal only if the ring is empty: so a line never fills the last byte before what is unread.
    if (place.at < released) {
      place.limit = released - 1;
    } else if (capacity_ - place.at >= bytes) {
      place.limit = capacity_;
    } else if (bytes < released) {
      lap_end_.store(place.at, std::memory_order_relaxed);  // published with the line
      place.at = 0;
      place.limit = released - 1;
    }
    return place;
  }

  /// Hands over the line of that size that is at the place.
  void publish(Place& place, std::size_t bytes) {
    place.at += bytes;
    published_.store(place.at, std::memory_order_release);
  }

  /// Hands over a line by reference. The ring must be empty, and the line stay as it is until it is empty again.
  void pass(std::string_view line) {
    passed_ = line.data();
    passed_bytes_.store(line.size(), std::memory_order_release);
  }

  /// Whether the consumer has released everything.
  bool empty() const {
    return released_.load(std::memory_order_acquire) == published_.load(std::memory_order_relaxed) &&
           passed_bytes_.load(std::memory_order_acquire) == 0;
  }

  // The consumer's part.

  /// Whole lines, one after the other: as many as there are in one piece. Empty if there are none.
  std::string_view readable() const {
    const std::size_t published = published_.load(std::memory_order_acquire);
    const std::size_t from = released_.load(std::memory_order_relaxed);
    if (published > from) return {bytes_.get() + from, published - from};
    if (published < from) {
      const std::size_t end = lap_end_.load(std::memory_order_relaxed);
      return from < end ? std::string_view(bytes_.get() + from, end - from) : std::string_view(bytes_.get(), published);
    }
    const std::size_t passed_bytes = passed_bytes_.load(std::memory_order_acquire);
    return {passed_bytes == 0 ? nullptr : passed_, passed_bytes};
  }

  /// Gives back what readable() has returned.
  void release(std::string_view lines) {
    if (passed_bytes_.load(std::memory_order_relaxed) != 0) {
      passed_bytes_.store(0, std::memory_order_release);
    } else {
      released_.store(static_cast<std::size_t>(lines.data() + lines.size() - bytes_.get()), std::memory_order_release);
    }
  }

 private:
  const std::size_t capacity_;
  const std::unique_ptr<char[]> bytes_;
  // Both see these. A position is a number of bytes from the start of the ring.
  alignas(64) std::atomic<std::size_t> published_{0};
  std::atomic<std::size_t> lap_end_{0};  // where the lines end that were published before those at the start
  const char* passed_ = nullptr;
  std::atomic<std::size_t> passed_bytes_{0};
  alignas(64) std::atomic<std::size_t> released_{0};
};

}  // namespace writebench::strategies
