#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace writebench::engine {

/// What a run that was killed has left behind: its scratch directory, or the temporary file of a report.
struct Leftover {
  std::string path;
  std::string origin;       ///< which run it was, such as "process 12, started at …"; empty if that is not known
  std::size_t files = 0;    ///< without the marker
  std::uint64_t bytes = 0;  ///< of these files together
};

/// What looks like a leftover by its name, or is one, and stays where it is.
struct LeftAlone {
  std::string path;
  std::string reason;   ///< to follow "left PATH: "
  bool failed = false;  ///< it is a leftover, but could not be removed
};

struct Leftovers {
  std::vector<Leftover> found;  ///< removed, if that was asked for
  std::vector<LeftAlone> alone;
};

enum class Removal { kListOnly, kRemove };

/// Finds what killed runs have left in a directory, and removes it if asked to. A scratch directory is a leftover only
/// if all of this holds:
/// - its name is one that only a run makes (private_name.hpp); it is a directory, no symbolic link, on the same file
///   system as the one around it;
/// - it belongs to this process's effective user, which root is no exception to, and has the mode that it was made
/// with;
/// - its marker is whole, and its lock is free; a run on another machine, or before a reboot on a file system that
///   machines share, cannot be judged by the lock and is left alone;
/// - it holds nothing but regular files of this user with names that a run gives.
/// A run that was killed at its first or last step leaves an empty directory, or only an empty marker without a lock;
/// these are leftovers too. The temporary file of a report has such a name as well, belongs to this user, has no other
/// name, and is not locked (flock(2)) by the program that writes it. Nothing else is ever removed, or followed. Throws
/// IoError if the directory cannot be read.
Leftovers leftovers_in(const std::string& directory, Removal removal);

/// What the names of temporary files of reports begin with; private_name.hpp has the rest.
inline constexpr std::string_view kTemporaryPrefix = ".writebench-report-";

}  // namespace writebench::engine
