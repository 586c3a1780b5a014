#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace writebench::cli {

/// As the name of an output: the standard output.
inline constexpr std::string_view kStandardOutput = "-";

/// As the name of an output: no file. A file of that name is written as ./none.
inline constexpr std::string_view kNoFile = "none";

/// Makes sure, before anything is measured, that a file can be written there: a new one, or with --force in the place
/// of an earlier regular file (reports/output_place.hpp has the rule). Returns the path to write to. Throws UsageError
/// naming `option`.
std::string output_file(std::string_view option, const std::string& path, bool force);

/// Throws UsageError naming `option` if the output is one of the files that are read, which not even --force replaces.
void refuse_input(std::string_view option, const std::string& path, const std::vector<std::string>& inputs);

}  // namespace writebench::cli
