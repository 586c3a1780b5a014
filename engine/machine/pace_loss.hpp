#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace writebench::engine {

/// How far a writer was at a moment.
struct ProgressPoint {
  std::int64_t at_ns = 0;  ///< since clock on
  std::int64_t bytes = 0;  ///< written so far
};

/// From where on a writer was slower than before.
struct PaceLoss {
  std::int64_t from_ns = 0;
  std::int64_t from_bytes = 0;
  double to_share = 1;  ///< its pace from there on, as a share of its best second before
};

/// Finds where a writer that was looked at now and then (oldest first) lost half of its pace or more for good: the
/// first moment from which on the whole rest, a second at least, was written at no more than half the pace of the best
/// second before. Nothing where there is no such moment.
std::optional<PaceLoss> find_pace_loss(const std::vector<ProgressPoint>& progress);

}  // namespace writebench::engine
