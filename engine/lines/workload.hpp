#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writebench::engine {

/// When the producers have their lines.
struct Pace {
  std::chrono::nanoseconds think{0};  ///< the caller is busy for that long before each line
  double lines_per_second = 0;        ///< of all producers together, on a fixed schedule; 0: as fast as they can
  std::uint64_t burst_lines = 1;      ///< so many are due at once, at the same rate; at least 1

  bool any() const { return think.count() > 0 || lines_per_second > 0; }
  bool operator==(const Pace&) const = default;
};

/// What is at the file's path before the clock starts.
enum class FileState {
  kNew,        ///< nothing: the file is made for the trial
  kTruncate,   ///< a file of the same size, on the device, then cut to nothing
  kOverwrite,  ///< a file of the same size, on the device, whose bytes are replaced
};

/// Whether the file's blocks are allocated beforehand, outside the clock.
enum class Preallocation {
  kNone,
  kReserve,  ///< the blocks, the size stays (fallocate(2), FALLOC_FL_KEEP_SIZE)
  kSize,     ///< the blocks and the size
};

std::string_view to_string(FileState state);
std::string_view to_string(Preallocation preallocation);

/// What a cell writes, apart from how: only cells with the same workload are compared.
struct Workload {
  /// counter, sized or replayed: where the lines come from; and with which bounds, or from which file.
  std::string lines_kind = "counter";
  std::optional<std::uint64_t> min_line_bytes = {}, max_line_bytes = {};
  std::optional<std::string> input = {};
  Pace pace = {};
  FileState file_state = FileState::kNew;
  Preallocation preallocation = Preallocation::kNone;

  bool operator==(const Workload&) const = default;
};

}  // namespace writebench::engine
