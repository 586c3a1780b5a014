#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/owned_descriptor.hpp"
#include "engine/process/end_actions.hpp"

namespace writebench::engine {

/// A foreign program, and everything that it starts, none of which outlives this process, even if that is killed.
///
/// Between this process and the program stands a small guard, a fork of this process that adopts whatever the program
/// leaves behind. It kills all of it as soon as the program has ended, or is told to, or this process is gone; the
/// program itself is killed by the kernel if the guard is gone. That needs no privilege and no namespace: a PID
/// namespace would give the program other process numbers than those in /proc. The program runs in a process group of
/// its own, with no signal blocked that is not blocked here. The caller must be single-threaded.
class GuardedProcess {
 public:
  struct Streams {
    int input;
    int output;
    int errors;
  };

  enum class CoreDumps { kAsHere, kNone };

  /// Executes arguments[0], which is looked up in PATH, with these descriptors as its standard streams. Throws
  /// std::system_error if it cannot be executed.
  GuardedProcess(const std::vector<std::string>& arguments, const Streams& streams,
                 CoreDumps core_dumps = CoreDumps::kAsHere);
  GuardedProcess(const GuardedProcess&) = delete;
  GuardedProcess& operator=(const GuardedProcess&) = delete;
  /// Kills what is still running.
  ~GuardedProcess();

  /// The program itself. Its number is free for others once it has ended.
  pid_t program() const { return program_; }

  /// The parent of the program and of all that it leaves behind.
  pid_t guard() const { return guard_; }

  /// Can be read (poll(2)) as soon as the program and everything that it has started have ended.
  int descriptor() const { return guard_fd_.get(); }

  /// Sends a signal to the program's process group, and lets those of it that are stopped continue.
  void signal(int number) const;

  /// Kills the program and everything that it has started; descriptor() says when that is done.
  void kill() const;

  /// How the program ended.
  struct Ended {
    int status = 0;              ///< as waitpid(2) gives it
    std::vector<pid_t> left;     ///< processes that were killed and hang in the kernel
    std::size_t outlived = 0;    ///< processes that still ran a little after the program had ended by itself
    std::int64_t user_ns = 0;    ///< processor time of the program and all that it has waited for (wait4(2))
    std::int64_t system_ns = 0;  ///< likewise
  };

  /// Waits for the end. Call it once.
  Ended wait();

 private:
  pid_t guard_ = -1;
  pid_t program_ = -1;
  OwnedDescriptor answers_;
  OwnedDescriptor guard_fd_;
  std::optional<EndedAtEnd> ended_at_end_;
};

}  // namespace writebench::engine
