#pragma once

#include <csignal>

namespace writebench::engine {

/// Notices whether a signal has stopped this process (SIGSTOP, Ctrl-Z), by the SIGCONT that every stop ends with. That
/// signal stays blocked meanwhile in the calling thread, and in those that it starts: it continues the process all the
/// same, and remains pending as a note, so that no handler interrupts a system call of what is measured.
class StopDetector {
 public:
  StopDetector();
  StopDetector(const StopDetector&) = delete;
  StopDetector& operator=(const StopDetector&) = delete;
  ~StopDetector();

  /// Forgets earlier stops.
  void begin() const;

  /// Whether the process has been stopped since begin().
  bool was_stopped() const;

 private:
  sigset_t continued_{};
  sigset_t before_{};
};

}  // namespace writebench::engine
