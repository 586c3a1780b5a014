#include "engine/process/process_tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>
#include <thread>

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

// Every process that can be seen, with its parent. A zombie is not counted unless it is ours: only its parent can reap
// it.
std::multimap<pid_t, pid_t> children_by_parent() {
  std::multimap<pid_t, pid_t> by_parent;
  DIR* const directory = ::opendir("/proc");
  if (directory == nullptr) return by_parent;
  while (const dirent* const entry = ::readdir(directory)) {
    char* end = nullptr;
    const long pid = std::strtol(entry->d_name, &end, 10);
    if (pid <= 0 || *end != '\0') continue;
    std::ifstream file("/proc/" + std::string(entry->d_name) + "/stat");
    std::string stat;
    std::getline(file, stat, '\0');
    const std::size_t name_end = stat.rfind(')');  // the name may contain anything
    if (name_end == std::string::npos || name_end + 4 > stat.size()) continue;
    const pid_t parent = static_cast<pid_t>(std::strtol(stat.c_str() + name_end + 4, nullptr, 10));
    by_parent.emplace(parent, static_cast<pid_t>(pid));
  }
  ::closedir(directory);
  return by_parent;
}

std::vector<pid_t>& spared() {
  static std::vector<pid_t> pids;
  return pids;
}

bool is_spared(pid_t pid) { return std::find(spared().begin(), spared().end(), pid) != spared().end(); }

// Returns whether there is no child left.
bool reap_ended() {
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(-1, nullptr, WNOHANG);
  } while (reaped > 0 || (reaped < 0 && errno == EINTR));
  return reaped < 0;
}

// Kills the children, without those of the children. Returns whether there was any that had not been killed yet.
bool kill_children() {
  static pid_t last = 0;
  const int file = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  std::array<char, 4096> text{};
  const ssize_t bytes = ::read(file, text.data(), text.size() - 1);
  ::close(file);
  bool found = false;
  char* at = text.data();
  char* const end = at + std::max<ssize_t>(bytes, 0);
  while (at < end) {
    char* after = at;
    const long pid = std::strtol(at, &after, 10);
    // The last number may be cut off, if there are more.
    if (after == at || pid <= 0 || (after == end && bytes == static_cast<ssize_t>(text.size()) - 1)) break;
    at = after + 1;
    if (is_spared(static_cast<pid_t>(pid))) continue;
    ::kill(static_cast<pid_t>(pid), SIGKILL);
    found = found || pid != last;
    last = static_cast<pid_t>(pid);
  }
  return found;
}

std::vector<pid_t>& left() {
  static std::vector<pid_t> pids;
  return pids;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t root) {
  const std::multimap<pid_t, pid_t> by_parent = children_by_parent();
  std::vector<pid_t> found{root};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [begin, end] = by_parent.equal_range(found[i]);
    for (auto child = begin; child != end; ++child) {
      // A process that ends meanwhile may be listed under two parents.
      if (std::find(found.begin(), found.end(), child->second) == found.end()) found.push_back(child->second);
    }
  }
  found.erase(found.begin());
  return found;
}

// glibc 2.36 declares pidfd_open(2) without C linkage, so a C++ program cannot link it.
int open_pidfd(pid_t pid) { return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)); }

void adopt_orphans() { ::prctl(PR_SET_CHILD_SUBREAPER, 1); }

SparedChild::SparedChild(pid_t child) : child_(child) { spared().push_back(child); }

SparedChild::~SparedChild() { std::erase(spared(), child_); }

std::vector<pid_t> end_descendants(std::chrono::milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  for (;;) {
    // A process that forks and ends again and again is faster than a look at all processes, but not than this. What a
    // killed child has started becomes a child itself.
    for (int i = 0; i < 1000 && !reap_ended() && kill_children(); ++i) {
    }
    if (reap_ended()) return {};
    std::vector<pid_t> pids = descendants_of(::getpid());
    std::erase_if(pids, is_spared);
    if (pids.empty() && !spared().empty()) return {};
    for (const pid_t pid : pids) ::kill(pid, SIGKILL);
    if (reap_ended()) return {};
    if (Clock::now() > deadline) return pids;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void end_orphans() {
  if (!left_to_kernel().empty()) return;  // it would wait for them again
  for (const pid_t pid : end_descendants(std::chrono::milliseconds(300))) leave_to_kernel(pid);
}

void leave_to_kernel(pid_t child) { left().push_back(child); }

std::vector<pid_t> left_to_kernel() {
  std::erase_if(left(), [](pid_t pid) {
    const pid_t reaped = ::waitpid(pid, nullptr, WNOHANG);
    return reaped == pid || (reaped < 0 && errno == ECHILD);
  });
  return left();
}

}  // namespace writebench::engine
