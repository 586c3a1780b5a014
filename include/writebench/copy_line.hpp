#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace writebench {

/// Copies a line to `to`. Most lines are short: two overlapping words copy 8 to 16 bytes and two overlapping vectors 16
/// to 32, without a function call and without reading outside the line.
inline void copy_line(char* to, std::string_view line) {
  const char* const from = line.data();
  const std::size_t bytes = line.size();
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

}  // namespace writebench
