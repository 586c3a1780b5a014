#pragma once

#include <sys/types.h>

#include <chrono>
#include <vector>

namespace writebench::engine {

/// A descriptor that can be read once the process has ended (pidfd_open(2)), closed if a program is executed. Returns
/// -1 and sets errno on error. The caller owns it.
int open_pidfd(pid_t pid);

/// All processes that descend from `root`, as far as /proc tells; empty without it.
std::vector<pid_t> descendants_of(pid_t root);

/// From now on a process whose parent ends, and that descends from this one, becomes a child of this one instead of
/// init's (PR_SET_CHILD_SUBREAPER), so that end_descendants() finds it. Process-wide; not inherited by children.
void adopt_orphans();

/// While one exists, that child of this process serves it, and end_descendants() leaves it alone.
class SparedChild {
 public:
  explicit SparedChild(pid_t child);
  SparedChild(const SparedChild&) = delete;
  SparedChild& operator=(const SparedChild&) = delete;
  ~SparedChild();

 private:
  const pid_t child_;
};

/// Kills all processes that descend from this one, and those that they start meanwhile, and reaps what are its
/// children. Returns those that are still there after `patience`: they hang in the kernel. Without /proc it only reaps.
/// No other thread may wait for children meanwhile.
std::vector<pid_t> end_descendants(std::chrono::milliseconds patience);

/// Ends what the children that have ended have left behind, if adopt_orphans() was called and all children have ended.
/// Costs one system call if there is nothing. What hangs in the kernel is left to it.
void end_orphans();

/// Records a child that was killed and does not end, because it hangs in the kernel.
void leave_to_kernel(pid_t child);

/// The recorded children that are still there. Reaps the others.
std::vector<pid_t> left_to_kernel();

}  // namespace writebench::engine
