#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

namespace writebench::reports {

/// A larger file is no report that this program wrote in anybody's patience, and is refused before it is read.
inline constexpr std::uint64_t kMostReportBytes = 256ull << 20;

/// The JSON in a regular file of at most that size and of no more depth than a report could have. Throws BadReport.
nlohmann::json load_json(const std::string& path);

}  // namespace writebench::reports
