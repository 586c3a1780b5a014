#include "engine/machine/pressure.hpp"

#include <fstream>
#include <string>

namespace writebench::engine {
namespace {

std::optional<std::int64_t> pressure_total_ns(const char* path) {
  std::ifstream file(path);
  for (std::string word; file >> word;) {  // of the line "some avg10=… total=…", which comes first; microseconds
    if (word.starts_with("total=")) return std::stoll(word.substr(6)) * 1000;
  }
  return std::nullopt;
}

}  // namespace

Pressure read_pressure() {
  return {pressure_total_ns("/proc/pressure/cpu"), pressure_total_ns("/proc/pressure/io"),
          pressure_total_ns("/proc/pressure/memory")};
}

}  // namespace writebench::engine
