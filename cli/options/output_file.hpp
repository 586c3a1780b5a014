#pragma once

#include <string>
#include <string_view>

namespace writebench::cli {

/// As the name of an output: the standard output.
inline constexpr std::string_view kStandardOutput = "-";

/// Makes sure, before anything is measured, that a file can be written there: a new one, or with --force in the place
/// of an earlier regular file (reports/output_place.hpp has the rule). Returns the path to write to. Throws UsageError
/// naming `option`.
std::string output_file(std::string_view option, const std::string& path, bool force);

}  // namespace writebench::cli
