#include "engine/process/end_actions.hpp"

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ctime>
#include <stdexcept>

#include "engine/process/try_write.hpp"

namespace writebench::engine {
namespace {

struct RemovedPath {
  std::atomic<bool> used{false};
  RemovedAtEnd::Remove remove = nullptr;
  void* what = nullptr;
  std::array<char, PATH_MAX> text;
};

struct EndedChild {
  std::atomic<int> pidfd{-1};
  std::atomic<int> signal_number{0};
};

// Static, because a signal handler must not allocate.
std::array<RemovedPath, 16> removed_paths;
std::array<EndedChild, 8> ended_children;
std::atomic<const char*> terminal_text{nullptr};

bool remove_file(void* path) { return ::unlink(static_cast<const char*>(path)) == 0 || errno == ENOENT; }

std::int64_t monotonic_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

bool end_children(int patience_ms) {
  for (const EndedChild& child : ended_children) {
    if (child.pidfd < 0) continue;
    ::syscall(SYS_pidfd_send_signal, child.pidfd.load(), child.signal_number.load(), nullptr, 0);
    // One that is stopped could not react.
    ::syscall(SYS_pidfd_send_signal, child.pidfd.load(), SIGCONT, nullptr, 0);
  }
  bool ended = true;
  const std::int64_t deadline_ms = monotonic_ms() + patience_ms;
  for (const EndedChild& child : ended_children) {
    if (child.pidfd < 0) continue;
    pollfd end{child.pidfd, POLLIN, 0};
    int ready = 0;
    do {
      const std::int64_t left_ms = deadline_ms - monotonic_ms();
      ready = ::poll(&end, 1, left_ms > 0 ? static_cast<int>(left_ms) : 0);
    } while (ready < 0 && errno == EINTR);
    ended = ended && ready > 0;
  }
  return ended;
}

}  // namespace

RemovedAtEnd::RemovedAtEnd(const std::string& path) : RemovedAtEnd(path, nullptr, nullptr) {}

RemovedAtEnd::RemovedAtEnd(const std::string& path, Remove remove, void* what) : slot_(-1) {
  if (path.size() >= PATH_MAX) return;
  for (std::size_t i = 0; i < removed_paths.size(); ++i) {
    RemovedPath& removed = removed_paths[i];
    if (removed.used) continue;
    std::memcpy(removed.text.data(), path.c_str(), path.size() + 1);
    removed.remove = remove != nullptr ? remove : remove_file;
    removed.what = remove != nullptr ? what : removed.text.data();
    removed.used = true;
    slot_ = static_cast<int>(i);
    return;
  }
  throw std::logic_error("too many files are to be removed at the end");
}

RemovedAtEnd::~RemovedAtEnd() {
  if (slot_ >= 0) removed_paths[static_cast<std::size_t>(slot_)].used = false;
}

EndedAtEnd::EndedAtEnd(int pidfd, int signal_number) : slot_(-1) {
  for (std::size_t i = 0; i < ended_children.size(); ++i) {
    if (ended_children[i].pidfd >= 0) continue;
    ended_children[i].signal_number = signal_number;
    ended_children[i].pidfd = pidfd;
    slot_ = static_cast<int>(i);
    return;
  }
  throw std::logic_error("too many children are to be ended at the end");
}

EndedAtEnd::~EndedAtEnd() { ended_children[static_cast<std::size_t>(slot_)].pidfd = -1; }

void restore_terminal_at_end(const char* text) { terminal_text = text; }

EndActions do_end_actions(int patience_ms) {
  EndActions done;
  done.children_ended = end_children(patience_ms);
  for (const RemovedPath& path : removed_paths) {
    if (!path.used) continue;
    const bool removed = done.children_ended && path.remove(path.what);
    done.all_removed = done.all_removed && removed;
  }
  const char* const text = terminal_text.exchange(nullptr);
  if (text != nullptr) try_write(STDERR_FILENO, text, std::strlen(text));
  return done;
}

void for_each_removed_at_end(void (*visit)(const char* path)) {
  for (const RemovedPath& path : removed_paths) {
    if (path.used) visit(path.text.data());
  }
}

bool anything_removed_at_end() {
  for (const RemovedPath& path : removed_paths) {
    if (path.used) return true;
  }
  return false;
}

}  // namespace writebench::engine
