#include "crash/power_cut.hpp"

#include <algorithm>

namespace writebench::crash {
namespace {

constexpr std::uint64_t kSuperblockSectors = 8;

using Kind = DeviceRequest::Kind;

Piece whole(const DeviceRequest& write) { return {write.offset_bytes, write.bytes, write.data_at}; }

// From 0 to below 1. The distributions of the library are not the same everywhere.
double share(std::mt19937_64& random) { return static_cast<double>(random() >> 11) * 0x1p-53; }

// Calls take(offset in the write, bytes) for each run of sectors for which wanted(sector of the device) holds.
template <class Wanted, class Take>
void for_each_run(const DeviceRequest& write, Wanted wanted, Take take) {
  std::uint64_t begin = 0;
  std::uint64_t at = 0;
  while (at < write.bytes) {
    const std::uint64_t sector = (write.offset_bytes + at) / kSectorBytes;
    const std::uint64_t end = std::min(write.bytes, (sector + 1) * kSectorBytes - write.offset_bytes);
    if (!wanted(sector)) {
      if (at > begin) take(begin, at - begin);
      begin = end;
    }
    at = end;
  }
  if (at > begin) take(begin, at - begin);
}

// The last version of each sector, so that what was written again and again is copied once.
void add_flushed(const std::vector<const DeviceRequest*>& writes, std::vector<Piece>& pieces) {
  std::uint64_t end = 0;
  for (const DeviceRequest* write : writes) end = std::max(end, write->offset_bytes + write->bytes);
  std::vector<bool> covered(end / kSectorBytes + 1);
  for (auto write = writes.rbegin(); write != writes.rend(); ++write) {
    const auto is_new = [&](std::uint64_t sector) {
      const bool was_covered = covered[sector];
      covered[sector] = true;
      return !was_covered;
    };
    for_each_run(**write, is_new, [&](std::uint64_t at, std::uint64_t bytes) {
      pieces.push_back({(*write)->offset_bytes + at, bytes, (*write)->data_at + at});
    });
  }
}

void add_some(const std::vector<const DeviceRequest*>& writes, Reach reach, std::mt19937_64& random,
              std::vector<Piece>& pieces) {
  const double kept = share(random);
  if (reach == Reach::kPrefix) {
    const auto first = static_cast<std::size_t>(kept * static_cast<double>(writes.size() + 1));
    for (std::size_t i = 0; i < std::min(first, writes.size()); ++i) pieces.push_back(whole(*writes[i]));
    return;
  }
  for (const DeviceRequest* write : writes) {
    if (reach == Reach::kWrites) {
      if (share(random) < kept) pieces.push_back(whole(*write));
      continue;
    }
    const bool with_superblock = share(random) < kept;
    for_each_run(
        *write,
        [&](std::uint64_t sector) { return sector < kSuperblockSectors ? with_superblock : share(random) < kept; },
        [&](std::uint64_t at, std::uint64_t bytes) {
          pieces.push_back({write->offset_bytes + at, bytes, write->data_at + at});
        });
  }
}

}  // namespace

std::vector<Piece> on_medium(std::span<const DeviceRequest> requests, const PowerCut& cut, std::mt19937_64& random) {
  std::int64_t flush_received_ns = INT64_MIN;  // of the latest one that was answered
  for (const DeviceRequest& request : requests) {
    if (request.kind == Kind::kFlush && request.answered_ns <= cut.at_ns) {
      flush_received_ns = std::max(flush_received_ns, request.received_ns);
    }
  }
  std::vector<const DeviceRequest*> flushed;
  std::vector<const DeviceRequest*> cached;
  for (const DeviceRequest& request : requests) {
    if (request.kind != Kind::kWrite || request.received_ns > cut.at_ns) continue;
    (request.answered_ns <= flush_received_ns ? flushed : cached).push_back(&request);
  }
  std::vector<Piece> pieces;
  add_flushed(flushed, pieces);
  add_some(cached, cut.reach, random, pieces);
  return pieces;
}

}  // namespace writebench::crash
