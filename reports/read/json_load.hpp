#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "reports/read/json_document.hpp"

namespace writebench::reports {

/// No report of this program is larger: it is that of over a million trials. A larger file is refused before it is
/// read.
inline constexpr std::uint64_t kMostReportBytes = 1536ull << 20;

/// The values of a report that are held at once, without those of its samples.
inline constexpr std::uint64_t kMostValues = 20'000'000;

/// The text of a regular file, or of a pipe, of at most kMostReportBytes. Throws BadReport.
std::string load_text(const std::string& path);

/// Parses a text as JSON. It must have at most `most_values` values and not be nested deeper than a report can be. The
/// text must outlive the document. `path` is used in messages. Throws BadReport, and what the sink throws.
JsonDocument parse_document(std::string_view text, const std::string& path, const JsonSink& sink = {},
                            std::uint64_t most_values = kMostValues);

/// The same as a value of the library, which may be changed.
nlohmann::json parse_json(const std::string& text, const std::string& path, std::uint64_t most_values = kMostValues);

}  // namespace writebench::reports
