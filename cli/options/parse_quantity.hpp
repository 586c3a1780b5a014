#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "writebench/parameters.hpp"

namespace writebench::cli {

/// The smallest and largest value that an option takes.
struct Bounds {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;
};

/// `500000`, `500k`, `1.5M`, `1e6`. Throws UsageError naming `option`, as do all here.
std::uint64_t parse_count(std::string_view option, std::string_view text, Bounds bounds = {});

/// `65536`, `64KiB` (1024), `64kB` (1000), `1.5MiB`, in bytes.
std::uint64_t parse_size(std::string_view option, std::string_view text, Bounds bounds = {});

/// `10us`, `1.5s`, `2min`. A number without a unit is refused, but for 0.
std::chrono::nanoseconds parse_time(std::string_view option, std::string_view text);

/// `2%` or `0.02`, from 0 to 1.
double parse_share(std::string_view option, std::string_view text);

/// `none`, `close`, `bytes=SIZE`, `line`.
Durability parse_durability(std::string_view option, std::string_view text);

}  // namespace writebench::cli
