#pragma once

#include <string>
#include <string_view>

namespace writebench::reports {

/// How a file is written whole.
struct Writing {
  bool durable = false;  ///< synced before it takes its place
  bool replace = false;  ///< an earlier file of that name may be replaced
};

/// Writes the file at once and whole: a temporary file beside it, which then takes its name, so that nobody sees half
/// of it and an earlier one stays until then. Throws std::runtime_error with a message fit for the user.
void replace_atomically(const std::string& path, std::string_view text, Writing how);

/// The directory that a file is in.
std::string directory_of(const std::string& path);

}  // namespace writebench::reports
