#pragma once

#include <string>
#include <string_view>

namespace writebench::cli {

/// Makes sure, before anything is measured, that a file can be written there: a new one, or with `replace` in the place
/// of an earlier regular file. Throws UsageError naming `option`.
void check_output_file(std::string_view option, const std::string& path, bool replace);

}  // namespace writebench::cli
