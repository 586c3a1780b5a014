#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// `1000000` for `1,000,000`; empty unless commas group the digits by three.
std::string without_grouping(std::string_view text);

/// The same value as it would be typed, in the largest unit that divides it: `64KiB`, `10us`.
std::string size_text(std::uint64_t bytes);
std::string time_text(std::uint64_t ns);

/// The words that a durability is, or begins with: `none`, `close`, `bytes=`, `line`.
std::vector<std::string> durability_words();

/// `none`, `close`, `bytes=SIZE`, `line`.
Durability parse_durability(std::string_view option, std::string_view text);

}  // namespace writebench::cli
