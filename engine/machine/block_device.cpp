#include "engine/machine/block_device.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <fstream>
#include <sstream>

namespace writebench::engine {
namespace {

constexpr std::int64_t kSectorBytes = 512;

}  // namespace

std::optional<std::string> device_number_of(const std::string& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0 || major(status.st_dev) == 0) return std::nullopt;
  return std::to_string(major(status.st_dev)) + ":" + std::to_string(minor(status.st_dev));
}

// The sectors written are the seventh number after the name (Documentation/admin-guide/iostats.rst).
std::optional<std::int64_t> bytes_written_to(const std::string& device_number) {
  std::ifstream file("/proc/diskstats");
  for (std::string line; std::getline(file, line);) {
    std::istringstream fields(line);
    std::string major_number, minor_number, name;
    std::int64_t reads, reads_merged, read_sectors, read_ms, writes, writes_merged, written_sectors;
    if (!(fields >> major_number >> minor_number >> name >> reads >> reads_merged >> read_sectors >> read_ms >>
          writes >> writes_merged >> written_sectors)) {
      continue;
    }
    if (major_number + ":" + minor_number != device_number) continue;
    std::int64_t bytes = 0;
    return __builtin_mul_overflow(written_sectors, kSectorBytes, &bytes) ? std::nullopt : std::optional(bytes);
  }
  return std::nullopt;
}

RequestedBytes requested_bytes() {
  RequestedBytes requested;
  for (const int who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
    rusage usage{};
    if (::getrusage(who, &usage) == 0) requested.dirtied += usage.ru_oublock * kSectorBytes;
  }
  std::ifstream file("/proc/self/io");
  std::string name;
  for (std::int64_t number = 0; file >> name >> number;) {
    if (name == "cancelled_write_bytes:") requested.cancelled = number;
  }
  return requested;
}

}  // namespace writebench::engine
