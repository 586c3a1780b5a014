#include "engine/machine/pace_loss.hpp"

#include <algorithm>
#include <cstddef>

namespace writebench::engine {
namespace {

constexpr std::int64_t kSecondNs = 1'000'000'000;
constexpr double kLost = 0.5;
constexpr double kNearly = 1.1;

double pace(const ProgressPoint& from, const ProgressPoint& to) {
  return static_cast<double>(to.bytes - from.bytes) /
         static_cast<double>(std::max<std::int64_t>(1, to.at_ns - from.at_ns));
}

}  // namespace

std::optional<PaceLoss> find_pace_loss(const std::vector<ProgressPoint>& progress) {
  std::vector<PaceLoss> candidates;
  double best = 0;
  std::size_t second_ago = 0;
  for (const ProgressPoint& now : progress) {
    if (progress.back().at_ns - now.at_ns < kSecondNs) break;
    while (now.at_ns - progress[second_ago + 1].at_ns >= kSecondNs) ++second_ago;
    if (now.at_ns - progress[second_ago].at_ns < kSecondNs) continue;
    best = std::max(best, pace(progress[second_ago], now));
    const double share = pace(now, progress.back()) / best;
    if (share <= kLost) candidates.push_back({now.at_ns, now.bytes, share});
  }
  // The rest after an earlier point still contains some of the fast part. So the loss is at the first point whose rest
  // is about as slow as that of any later point.
  double least = 1;
  for (const PaceLoss& candidate : candidates) least = std::min(least, candidate.to_share);
  for (const PaceLoss& candidate : candidates) {
    if (candidate.to_share <= kNearly * least) return candidate;
  }
  return std::nullopt;
}

}  // namespace writebench::engine
