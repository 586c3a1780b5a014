#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace writebench::reports {

/// A larger file is no report that this program wrote in anybody's slack, and is refused before it is read.
inline constexpr std::uint64_t kMostReportBytes = 256ull << 20;

/// The text of a regular file of at most that size. Throws BadReport.
std::string load_text(const std::string& path);

/// The JSON in a text, of no more depth than a report could have; `path` is where it is from, for messages. Throws
/// BadReport.
nlohmann::json parse_json(const std::string& text, const std::string& path);

}  // namespace writebench::reports
