#pragma once

#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace writebench::reports {

/// How an atomic replacement is done.
struct Writing {
  bool durable = false;  ///< synced before it gets its name
  bool replace = false;  ///< an existing file of that name may be replaced
};

/// The calls on the temporary file; tests replace them.
struct WritingCalls {
  ssize_t (*write)(int, const void*, std::size_t) = ::write;
  int (*fsync)(int) = ::fsync;
  int (*close)(int) = ::close;
  int (*rename)(const char*, const char*) = std::rename;
};

/// Replaces a file atomically: writes a temporary file beside it, which then gets its name. Nobody sees half a file,
/// and an earlier file stays until then. A symbolic link to a file that may be replaced is followed. The new file has
/// the mode and the access control list of the one that it replaces, and its owner and group if this process may give
/// them; without one it has the mode that the umask leaves. If the group or the list cannot be kept, the group gets no
/// more than all others have. The temporary file of a process that is killed is a leftover
/// (engine/trial/leftovers.hpp): until it has its name, it is locked. Throws std::runtime_error with a message for the
/// user.
void replace_atomically(const std::string& path, std::string_view text, Writing how, const WritingCalls& calls = {});

/// The directory that contains a file.
std::string directory_of(const std::string& path);

}  // namespace writebench::reports
