#pragma once

#include <string>

namespace writebench::engine {

// What must not outlive this process, however it ends: by a signal, or because a library calls exit(3). Each object
// below is an entry of a small table of fixed size, which a signal handler can read. Objects may be made and destroyed
// by one thread only. Children that are forked have nothing to do with the entries of their parent.

/// What is removed if the process ends before the object does.
class RemovedAtEnd {
 public:
  /// A file. The path stays valid if the working directory does not change. A path that is too long for any system call
  /// is left out. Throws std::logic_error if the table is full.
  explicit RemovedAtEnd(const std::string& path);

  /// Removes what is at `path`, and knows it by `what`. Returns whether all of it is gone. Async-signal-safe.
  using Remove = bool (*)(void* what);

  /// The same for something that `remove` removes. The path only names it to the user.
  RemovedAtEnd(const std::string& path, Remove remove, void* what);
  RemovedAtEnd(const RemovedAtEnd&) = delete;
  RemovedAtEnd& operator=(const RemovedAtEnd&) = delete;
  /// Forgets it; removes nothing.
  ~RemovedAtEnd();

 private:
  int slot_;
};

/// A child process that gets a signal if this process ends before the object does.
class EndedAtEnd {
 public:
  /// `pidfd` is the child's (pidfd_open(2)) and must stay open until the object is destroyed. Throws std::logic_error
  /// if the table is full.
  EndedAtEnd(int pidfd, int signal_number);
  EndedAtEnd(const EndedAtEnd&) = delete;
  EndedAtEnd& operator=(const EndedAtEnd&) = delete;
  ~EndedAtEnd();

 private:
  int slot_;
};

/// What is written to stderr to restore a terminal if the process ends before a call with nullptr. `text` must stay
/// valid for ever.
void restore_terminal_at_end(const char* text);

/// How much of it could be done.
struct EndActions {
  bool children_ended = true;  ///< no child hangs in the kernel
  bool all_removed = true;
};

/// Does everything that is in the table: ends the children, waits for them for at most `patience_ms`, removes what is
/// to be removed, and restores the terminal. It removes nothing if a child hangs in the kernel, because whoever touches
/// its files may then hang too. Async-signal-safe.
EndActions do_end_actions(int patience_ms);

/// Calls `visit` with each path that is in the table. Async-signal-safe if `visit` is.
void for_each_removed_at_end(void (*visit)(const char* path));

/// Whether anything is to be removed. Async-signal-safe.
bool anything_removed_at_end();

}  // namespace writebench::engine
