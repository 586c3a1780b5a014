#include "engine/machine/pressure.hpp"

#include <fstream>
#include <sstream>
#include <string>

namespace writebench::engine {
namespace {

std::optional<std::int64_t> pressure_total_ns(const char* path) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {  // the first line, "some avg10=… total=…"; microseconds
    if (!word.starts_with("total=")) continue;
    std::int64_t total_us = 0;
    std::istringstream(word.substr(6)) >> total_us;
    std::int64_t total_ns = 0;
    return total_us > 0 && !__builtin_mul_overflow(total_us, 1000, &total_ns) ? std::optional(total_ns) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

Pressure read_pressure() {
  return {pressure_total_ns("/proc/pressure/cpu"), pressure_total_ns("/proc/pressure/io"),
          pressure_total_ns("/proc/pressure/memory")};
}

}  // namespace writebench::engine
