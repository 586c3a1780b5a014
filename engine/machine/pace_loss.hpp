#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace writebench::engine {

/// The progress of a writer at one moment.
struct ProgressPoint {
  std::int64_t at_ns = 0;  ///< since clock on
  std::int64_t bytes = 0;  ///< written so far
};

/// The point from which on a writer was slower than before.
struct PaceLoss {
  std::int64_t from_ns = 0;
  std::int64_t from_bytes = 0;
  double to_share = 1;  ///< the pace after it, as a share of the best second before
};

/// Finds where a writer permanently lost half of its pace or more. `progress` has samples of it, oldest first. The loss
/// is at the first moment after which the whole rest, at least a second, was written at no more than half the pace of
/// the best second before. No value if there is no such moment.
std::optional<PaceLoss> find_pace_loss(const std::vector<ProgressPoint>& progress);

}  // namespace writebench::engine
