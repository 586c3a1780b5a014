#pragma once

#include <string>
#include <string_view>

namespace writebench::reports {

/// What a file that is to be written may replace.
enum class Replaceable { kNothing, kReports, kFiles };

/// The one rule for every file that the user has written: returns its path, with symbolic links followed. Throws
/// std::runtime_error, whose message begins with the path in quotes, unless the directory can be written and what
/// stands there, if anything, may be replaced. `how_to_replace` completes the advice where asking for it would help,
/// such as "replace it with --force". Changes nothing.
std::string output_place(const std::string& path, Replaceable replaceable, std::string_view how_to_replace = {});

}  // namespace writebench::reports
