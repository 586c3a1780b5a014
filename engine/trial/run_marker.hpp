#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace writebench::engine {

/// The file in a scratch directory that says which run made it.
inline constexpr const char* kRunMarker = ".writebench-run";

/// What that file says.
struct RunMarker {
  pid_t process = 0;          ///< in the run's own PID namespace
  std::string host;           ///< uname(2)
  std::string boot_id;        ///< of the kernel (random(4)); empty if /proc does not tell
  std::string started_at;     ///< ISO 8601, UTC
  mode_t directory_mode = 0;  ///< of the scratch directory; 0700 if the file system has modes
  bool has_programs = false;  ///< programs that are none of ours may have made any files in it

  bool operator==(const RunMarker&) const = default;
};

/// The marker of this process, now.
RunMarker marker_of_this_run(mode_t directory_mode);

std::string to_text(const RunMarker& marker);

/// No value if the text is not exactly what to_text() writes.
std::optional<RunMarker> parse_marker(std::string_view text);

/// The lock that proves that the run of a marker lives: a record lock on the whole file, owned by the process
/// (fcntl(2), F_SETLK). flock(2) and open file description locks would not do: a forked child shares those, so a child
/// that hangs in the kernel, or a daemon that a strategy left behind, would hold them after the run is dead. A lock
/// that the process owns is not inherited and ends with it. Its weakness does no harm here: it is lost if the process
/// closes any descriptor of the file, and only Scratch opens this one; whoever looks for leftovers leaves out the
/// directories of its own process.
enum class LockAttempt { kHave, kHeldByAnother, kUnsupported };

/// Does not wait.
LockAttempt try_lock(int marker);

/// Waits, for a second at most, for whoever looks whether the lock is free. False if it cannot be had, for example
/// because the file system has no locks.
bool lock(int marker);

}  // namespace writebench::engine
