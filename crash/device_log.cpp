#include "crash/device_log.hpp"

#include <sys/mman.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <system_error>

namespace writebench::crash {
namespace {

constexpr std::uint64_t kBytesPerRequest = 1024;  // smaller ones, and flushes, are the fewer

}  // namespace

struct DeviceLog::Header {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> data_bytes{0};
  std::atomic<bool> overflowed{false};
};

DeviceLog::DeviceLog(std::uint64_t most_bytes)
    : most_bytes_(most_bytes),
      most_requests_(most_bytes / kBytesPerRequest + 1),
      mapped_bytes_(sizeof(DeviceRequest) * (most_requests_ + 1) + most_bytes) {
  static_assert(sizeof(Header) <= sizeof(DeviceRequest), "it has the place of one");
  void* const memory =
      ::mmap(nullptr, mapped_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "mmap");
  memory_ = static_cast<char*>(memory);
  header_ = new (memory_) Header;
  requests_ = reinterpret_cast<DeviceRequest*>(memory_ + sizeof(DeviceRequest));
  data_ = memory_ + sizeof(DeviceRequest) * (most_requests_ + 1);
}

DeviceLog::~DeviceLog() { ::munmap(memory_, mapped_bytes_); }

void DeviceLog::add(DeviceRequest request, const char* data) {
  const std::uint64_t count = header_->requests.load(std::memory_order_relaxed);
  request.data_at = header_->data_bytes.load(std::memory_order_relaxed);
  if (overflowed() || count == most_requests_ || request.bytes > most_bytes_ - request.data_at) {
    header_->overflowed.store(true, std::memory_order_release);
    return;
  }
  if (request.bytes > 0) std::memcpy(data_ + request.data_at, data, request.bytes);
  requests_[count] = request;
  header_->data_bytes.store(request.data_at + request.bytes, std::memory_order_relaxed);
  header_->requests.store(count + 1, std::memory_order_release);
}

bool DeviceLog::overflowed() const { return header_->overflowed.load(std::memory_order_acquire); }

std::span<const DeviceRequest> DeviceLog::requests() const {
  return {requests_, header_->requests.load(std::memory_order_acquire)};
}

}  // namespace writebench::crash
