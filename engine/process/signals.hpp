#pragma once

#include <csignal>
#include <functional>
#include <string>

namespace writebench::engine {

/// From now on every signal that ends a process by default and can be caught ends this one in order: everything in the
/// table of end_actions.hpp is done, stderr says which signal it was, and the exit status is 128 + its number. A fault
/// of the program itself (SIGSEGV, SIGABRT, …, unless another process sent it) does the same and then ends the process
/// by that signal, so that it dumps core where that is wanted. So does an exit(3) that nobody but a library calls, with
/// status 1.
///
/// A signal that was ignored stays ignored, one that has a handler (a profiler's, a sanitizer's) keeps it, and one that
/// was blocked stays blocked. SIGXFSZ of the process's own write only makes the write fail with EFBIG. Process-wide;
/// call once, early, from the main thread.
void catch_signals();

/// From now on the first signal is only noted, and the work that is under way is expected to look at noted_signal() ten
/// times a second, to save what it has and to end. It is given 1 s for that; then the process ends as catch_signals()
/// says. A second signal ends it at once. As one Ctrl-C may arrive twice, a second signal within 200 ms is the first
/// one again. Needs catch_signals().
void note_signals();

/// From now on a signal ends the process at once again. One that was noted stays noted.
void stop_noting_signals();

/// The number of the first signal that was noted; 0 if there was none.
int noted_signal();

/// While one exists, what is measured is being saved: a noted signal waits for that for up to 10 s, and another second
/// begins when it is done.
class SavingResults {
 public:
  SavingResults();
  SavingResults(const SavingResults&) = delete;
  SavingResults& operator=(const SavingResults&) = delete;
  ~SavingResults();
};

/// "SIGTERM", or "signal 35" if it has no name.
std::string name_of_signal(int number);

/// While one exists, signals wait. For steps that must be taken together, such as making a file and noting that it is
/// to be removed.
class HeldSignals {
 public:
  HeldSignals();
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;
  ~HeldSignals();

  /// The signals that were blocked before.
  const sigset_t& before() const { return before_; }

 private:
  sigset_t before_;
};

/// In a child that was forked while HeldSignals existed: every signal gets its default, and none is blocked. Those that
/// a terminal or a service manager sends to all processes of a program (SIGINT, SIGTERM, SIGHUP, SIGQUIT) do nothing,
/// because the parent decides; SIGXFSZ does nothing, so that a write fails with EFBIG. They are caught rather than
/// ignored, so that a program that the child executes gets the defaults.
void use_signals_of_child();

/// While one exists, a library of that name (static storage) has control: the message names it if it calls exit(3).
class InLibrary {
 public:
  explicit InLibrary(const char* name);
  InLibrary(const InLibrary&) = delete;
  InLibrary& operator=(const InLibrary&) = delete;
  ~InLibrary();

 private:
  const char* outer_;
};

/// While one exists, `save` is called if a library calls exit(3).
class SavedAtExit {
 public:
  explicit SavedAtExit(std::function<void()> save);
  SavedAtExit(const SavedAtExit&) = delete;
  SavedAtExit& operator=(const SavedAtExit&) = delete;
  ~SavedAtExit();
};

}  // namespace writebench::engine
