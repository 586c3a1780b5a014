#pragma once

#include <string>
#include <string_view>

namespace writebench::reports {

/// How an atomic replacement is done.
struct Writing {
  bool durable = false;  ///< synced before it gets its name
  bool replace = false;  ///< an existing file of that name may be replaced
};

/// Replaces a file atomically: writes a temporary file beside it, which then gets its name. Nobody sees half a file,
/// and an earlier file stays until then. Throws std::runtime_error with a message for the user.
void replace_atomically(const std::string& path, std::string_view text, Writing how);

/// The directory that contains a file.
std::string directory_of(const std::string& path);

}  // namespace writebench::reports
