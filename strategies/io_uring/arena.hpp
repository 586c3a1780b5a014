#pragma once

#include <cstddef>
#include <cstdint>

namespace writebench::strategies {

/// What the memory of an arena consists of.
enum class Pages : std::uint64_t { kNormal, kHuge };

/// Memory of a fixed size that begins at a page, with all of its pages there from the start: no page fault happens
/// later.
class Arena {
 public:
  /// Huge pages are those that the administrator has reserved (MAP_HUGETLB), else transparent ones. Throws
  /// std::bad_alloc, and Unsupported if there are no huge pages.
  Arena(std::size_t bytes, Pages pages);
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena();

  char* data() const { return memory_; }
  std::size_t bytes() const { return bytes_; }

 private:
  void map_normal();
  void map_huge();

  std::size_t bytes_;
  char* memory_ = nullptr;
};

}  // namespace writebench::strategies
