#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace writebench::engine {

/// When the producers get their lines.
struct Pace {
  std::chrono::nanoseconds think{0};  ///< the caller is busy for this long before each line
  double lines_per_second = 0;        ///< of all producers together, on a fixed schedule; 0: as fast as possible
  std::uint64_t burst_lines = 1;      ///< lines that are due at once, at the same rate; at least 1

  bool any() const { return think.count() > 0 || lines_per_second > 0; }

  /// When the last of so many lines is due, after the start; 0 without a rate.
  std::chrono::nanoseconds last_due(std::uint64_t lines) const;

  bool operator==(const Pace&) const = default;
};

/// The state of the file's path before the clock starts.
enum class FileState {
  kNew,        ///< no file of earlier trials: it is made for this trial
  kTruncate,   ///< a file of the same size, on the device, then cut to length 0
  kOverwrite,  ///< a file of the same size, on the device, whose bytes are replaced
};

/// Whether the file's blocks are allocated beforehand, outside the clock.
enum class Preallocation {
  kNone,
  kReserve,  ///< the blocks; the size does not change (fallocate(2), FALLOC_FL_KEEP_SIZE)
  kSize,     ///< the blocks and the size
};

std::string_view to_string(FileState state);
std::string_view to_string(Preallocation preallocation);

/// What a cell writes, as opposed to how. Only cells with the same workload are compared.
struct Workload {
  /// The source of the lines: counter, sized or replayed; below, the bounds of their lengths, or the file.
  std::string lines_kind = "counter";
  bool random_bytes = false;  ///< lines as long as those, but of random bytes; not of a file
  std::optional<std::uint64_t> min_line_bytes = {}, max_line_bytes = {};
  std::optional<std::string> input = {};
  Pace pace = {};
  FileState file_state = FileState::kNew;
  Preallocation preallocation = Preallocation::kNone;
  bool cold_caches = false;  ///< the kernel's caches are dropped before each trial (engine/machine/page_cache.hpp)

  bool operator==(const Workload&) const = default;
};

}  // namespace writebench::engine
