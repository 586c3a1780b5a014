#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <optional>

#include "engine/process/end_actions.hpp"

namespace writebench::engine {

/// A child process of this one, forked from it. It does not outlive this process (EndedAtEnd). This process must have
/// one thread. Not thread-safe.
class ChildProcess {
 public:
  static constexpr std::chrono::milliseconds kPatience{3000};       ///< for the end of a process that must end
  static constexpr std::chrono::milliseconds kLittlePatience{300};  ///< if a user waits

  /// Forks. The child calls `body`, which does not return. A refusal for want of processes (EAGAIN) is tried again for
  /// half a second. Throws std::system_error, and then there is no child.
  explicit ChildProcess(const std::function<void()>& body);
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;
  /// Kills the child unless it has been waited for.
  ~ChildProcess();

  pid_t id() const { return pid_; }

  /// Whether it has ended. Waits for that until `time` has passed, or a signal arrives.
  bool ended_within(std::chrono::milliseconds time) const;

  /// Its wait status, as from waitpid(2), when it has ended. No value if the kernel does not give it within some
  /// seconds, for example because a tracer has not taken it yet.
  std::optional<int> wait_status();

  /// Kills it, and waits for its end for that long. False if it has not ended then: it hangs in the kernel, and is left
  /// to it (left_to_kernel()).
  bool kill(std::chrono::milliseconds patience);

 private:
  bool reap(std::chrono::milliseconds patience);

  pid_t pid_ = -1;
  int pidfd_ = -1;
  std::optional<EndedAtEnd> ended_at_end_;
  bool waited_for_ = false;
  int status_ = 0;
};

/// From now on this process learns how its children end, even if its starter had it ignore that (SIGCHLD).
void keep_wait_statuses();

}  // namespace writebench::engine
