#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <vector>

#include "crash/device_log.hpp"

namespace writebench::crash {

inline constexpr std::uint64_t kSectorBytes = 512;  ///< a device writes each sector whole, or not at all

/// Which of the writes that a device had received, but not flushed, reached its medium before the power was cut.
enum class Reach {
  kPrefix,   ///< some first ones
  kWrites,   ///< any of them, each one whole: the device reorders what is in its cache
  kSectors,  ///< any of their sectors: writes are torn too
};

struct PowerCut {
  std::int64_t at_ns = 0;  ///< CLOCK_MONOTONIC
  Reach reach = Reach::kPrefix;
};

/// A part of a write that is on the medium.
struct Piece {
  std::uint64_t offset_bytes = 0;
  std::uint64_t bytes = 0;
  std::uint64_t data_at = 0;  ///< where DeviceLog::data() has it
};

/// What is on the medium of a device after a power cut: pieces to be laid over what was there before the log began, in
/// this order. The requests are in the order in which they were received.
///
/// - A request that was received after the cut never was with the device.
/// - A flush that was answered before the cut has put on the medium every write that had been answered when the flush
///   was received. So do all flushes before it.
/// - Of the other writes any may be on the medium, in any order of those to one sector: which ones, `random` draws.
///   None is torn within the first block of the device, which has the superblock of ext4. That has a checksum over two
///   sectors and is read before the journal, so where it is torn there is no file system any more, whatever a program
///   did.
///
/// Why nobody may complain who was told before the cut that his bytes are durable: the kernel returns from fsync(2)
/// only after the answer to the flush that it waited for. The server reads the clock before it answers, and whoever
/// waits reads it after that. So if the return of fsync lies before the cut, the answer does too. And the kernel had
/// seen the answers to its writes before it sent the flush, so they bear earlier times than its reception.
///
/// The reverse is not assumed: a flush may be answered before the cut, and its fsync return after it. Then the bytes
/// are there although nobody was promised them.
std::vector<Piece> on_medium(std::span<const DeviceRequest> requests, const PowerCut& cut, std::mt19937_64& random);

}  // namespace writebench::crash
