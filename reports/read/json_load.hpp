#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace writebench::reports {

/// No report of this program is larger. A larger file is refused before it is read.
inline constexpr std::uint64_t kMostReportBytes = 256ull << 20;

/// A value takes far more memory than the two bytes that it can take in a file that is not a report. In a report, a
/// value takes at least a dozen bytes on average.
inline constexpr std::uint64_t kMostValues = kMostReportBytes / 12;

/// The text of a regular file of at most kMostReportBytes. Throws BadReport.
std::string load_text(const std::string& path);

/// Parses a text as JSON. It must have at most `most_values` values and not be nested deeper than a report can be.
/// `path` is used in messages. Throws BadReport.
nlohmann::json parse_json(const std::string& text, const std::string& path, std::uint64_t most_values = kMostValues);

}  // namespace writebench::reports
