#include "engine/trial/child_process.hpp"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>
#include <thread>

#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int kForks = 6;
constexpr milliseconds kBetweenForks{100};

pid_t forked() {
  for (int tries = 1;; ++tries) {
    const pid_t pid = ::fork();
    if (pid >= 0) return pid;
    if (errno != EAGAIN || tries == kForks) throw std::system_error(errno, std::generic_category(), "fork");
    std::this_thread::sleep_for(kBetweenForks);
  }
}

}  // namespace

ChildProcess::ChildProcess(const std::function<void()>& body) {
  const HeldSignals held;  // so that the child never runs the parent's handlers
  pid_ = forked();
  if (pid_ == 0) {
    body();
    ::_exit(0);
  }
  pidfd_ = open_pidfd(pid_);
  if (pidfd_ >= 0) {
    ended_at_end_.emplace(pidfd_, SIGKILL);
    return;
  }
  const int error = errno;
  kill(kLittlePatience);
  throw std::system_error(error, std::generic_category(), "pidfd_open");
}

ChildProcess::~ChildProcess() {
  if (!waited_for_) kill(kLittlePatience);
  ended_at_end_.reset();
  if (pidfd_ >= 0) ::close(pidfd_);
}

bool ChildProcess::ended_within(milliseconds time) const {
  pollfd ended{pidfd_, POLLIN, 0};
  return ::poll(&ended, 1, static_cast<int>(time.count())) > 0;
}

std::optional<int> ChildProcess::wait_status() { return reap(kPatience) ? std::optional(status_) : std::nullopt; }

bool ChildProcess::kill(milliseconds patience) {
  if (waited_for_) return true;
  ::kill(pid_, SIGKILL);
  if (reap(patience) || waited_for_) return true;
  leave_to_kernel(pid_);
  waited_for_ = true;  // nobody waits any longer
  return false;
}

// waitpid(2) without WNOHANG may block although the process has ended: while a tracer holds it.
bool ChildProcess::reap(milliseconds patience) {
  const Clock::time_point end = Clock::now() + patience;
  for (;;) {
    const pid_t found = ::waitpid(pid_, &status_, WNOHANG);
    if (found == pid_) {
      waited_for_ = true;
      return true;
    }
    if (found < 0 && errno == ECHILD) {
      waited_for_ = true;
      return false;
    }
    if (Clock::now() >= end) return false;
    // An end is noticed at once, except without a descriptor, or if the tracer must take the status first.
    if (pidfd_ < 0 || ended_within(milliseconds(10))) std::this_thread::sleep_for(milliseconds(1));
  }
}

void keep_wait_statuses() {
  struct sigaction action {};
  if (sigaction(SIGCHLD, nullptr, &action) != 0) return;
  if (action.sa_handler != SIG_IGN && (action.sa_flags & SA_NOCLDWAIT) == 0) return;
  action = {};
  action.sa_handler = SIG_DFL;
  sigemptyset(&action.sa_mask);
  sigaction(SIGCHLD, &action, nullptr);
}

}  // namespace writebench::engine
