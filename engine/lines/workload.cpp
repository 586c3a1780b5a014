#include "engine/lines/workload.hpp"

#include <cmath>

namespace writebench::engine {

std::chrono::nanoseconds Pace::last_due(std::uint64_t lines) const {
  if (lines_per_second <= 0 || lines == 0) return std::chrono::nanoseconds(0);
  const std::uint64_t last = lines - 1 - (lines - 1) % burst_lines;
  return std::chrono::nanoseconds(std::llround(static_cast<double>(last) / lines_per_second * 1e9));
}

std::string_view to_string(FileState state) {
  switch (state) {
    case FileState::kNew: return "new";
    case FileState::kTruncate: return "truncate";
    case FileState::kOverwrite: return "overwrite";
  }
  return "";
}

std::string_view to_string(Preallocation preallocation) {
  switch (preallocation) {
    case Preallocation::kNone: return "none";
    case Preallocation::kReserve: return "reserve";
    case Preallocation::kSize: return "size";
  }
  return "";
}

}  // namespace writebench::engine
