#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace writebench::crash {

/// A request that reached a block device. Times are those of CLOCK_MONOTONIC.
struct DeviceRequest {
  enum class Kind : std::uint64_t {
    kWrite,
    kFlush,  ///< of the device's cache
  };

  Kind kind = Kind::kWrite;
  std::uint64_t offset_bytes = 0;
  std::uint64_t bytes = 0;       ///< 0 for a flush
  std::uint64_t data_at = 0;     ///< where DeviceLog::data() has what was written
  std::int64_t received_ns = 0;  ///< the device had it not before this
  std::int64_t answered_ns = 0;  ///< nobody was told that it is done before this
};

/// Every request of a device in the order in which it got them, in memory that is shared with children that are forked
/// later. One process writes; another one may read what is there.
class DeviceLog {
 public:
  /// Holds so many bytes of data. The memory is not taken before it is used. Throws std::system_error.
  explicit DeviceLog(std::uint64_t most_bytes);
  DeviceLog(const DeviceLog&) = delete;
  DeviceLog& operator=(const DeviceLog&) = delete;
  ~DeviceLog();

  /// Adds a request. `data` has request.bytes of a write. Once one does not fit, none is added any more.
  void add(DeviceRequest request, const char* data);

  /// Whether there was no room for a request.
  bool overflowed() const;

  /// Those so far.
  std::span<const DeviceRequest> requests() const;

  const char* data() const { return data_; }

 private:
  struct Header;

  const std::uint64_t most_bytes_;
  const std::uint64_t most_requests_;
  const std::size_t mapped_bytes_;
  char* memory_ = nullptr;
  Header* header_ = nullptr;
  DeviceRequest* requests_ = nullptr;
  char* data_ = nullptr;
};

}  // namespace writebench::crash
