#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace writebench::cli {

/// Parses one number of an option, as those in units.hpp do.
using ParseNumber = std::function<std::uint64_t(std::string_view option, std::string_view text)>;

/// The values that an option sweeps over: a list by commas, whose parts are values or ranges, `4KiB..1MiB*4` (times 4
/// as long as it does not exceed the end) or `1..16+5`. In the order given, each once;
/// at most 10,000. Throws UsageError.
std::vector<std::uint64_t> parse_sweep(std::string_view option, std::string_view text, const ParseNumber& parse);

/// The same for what is not a number: the parts of a list by commas, each once; none may be empty.
std::vector<std::string> parse_list(std::string_view option, std::string_view text);

}  // namespace writebench::cli
