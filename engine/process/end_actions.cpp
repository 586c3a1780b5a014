#include "engine/process/end_actions.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
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
  enum class State { kFree, kFile, kDirectory };
  std::atomic<State> state{State::kFree};
  std::atomic<RemovedAtEnd::IsOurs> is_ours{nullptr};
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

// An entry as getdents64(2) gives it.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  std::uint16_t length_bytes;
  std::uint8_t type;
  char name[1];
};

// One pass over a directory, which may skip entries because others are removed meanwhile. Returns how many were
// removed.
std::size_t remove_entries(int directory, RemovedAtEnd::IsOurs is_ours) {
  std::size_t removed = 0;
  alignas(DirectoryEntry) std::array<char, 2048> block;
  ::lseek(directory, 0, SEEK_SET);
  for (;;) {
    const long got = ::syscall(SYS_getdents64, directory, block.data(), block.size());
    if (got <= 0) return removed;
    for (long at = 0; at < got;) {
      const auto* const entry = reinterpret_cast<const DirectoryEntry*>(block.data() + at);
      if (is_ours(entry->name) && ::unlinkat(directory, entry->name, 0) == 0) ++removed;
      at += entry->length_bytes;
    }
  }
}

bool remove_directory(const char* path, RemovedAtEnd::IsOurs is_ours) {
  const int directory = ::open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (directory < 0) return errno == ENOENT;
  while (remove_entries(directory, is_ours) > 0) {
  }
  ::close(directory);
  return ::rmdir(path) == 0 || errno == ENOENT;
}

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

RemovedAtEnd::RemovedAtEnd(const std::string& path, IsOurs is_ours) : slot_(-1) {
  if (path.size() >= PATH_MAX) return;
  for (std::size_t i = 0; i < removed_paths.size(); ++i) {
    if (removed_paths[i].state != RemovedPath::State::kFree) continue;
    std::memcpy(removed_paths[i].text.data(), path.c_str(), path.size() + 1);
    removed_paths[i].is_ours = is_ours;
    removed_paths[i].state = is_ours == nullptr ? RemovedPath::State::kFile : RemovedPath::State::kDirectory;
    slot_ = static_cast<int>(i);
    return;
  }
  throw std::logic_error("too many files are to be removed at the end");
}

RemovedAtEnd::~RemovedAtEnd() {
  if (slot_ >= 0) removed_paths[static_cast<std::size_t>(slot_)].state = RemovedPath::State::kFree;
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
    const RemovedPath::State state = path.state;
    if (state == RemovedPath::State::kFree) continue;
    const bool removed =
        done.children_ended && (state == RemovedPath::State::kFile ? ::unlink(path.text.data()) == 0 || errno == ENOENT
                                                                   : remove_directory(path.text.data(), path.is_ours));
    done.all_removed = done.all_removed && removed;
  }
  const char* const text = terminal_text.exchange(nullptr);
  if (text != nullptr) try_write(STDERR_FILENO, text, std::strlen(text));
  return done;
}

void for_each_removed_at_end(void (*visit)(const char* path)) {
  for (const RemovedPath& path : removed_paths) {
    if (path.state != RemovedPath::State::kFree) visit(path.text.data());
  }
}

bool anything_removed_at_end() {
  for (const RemovedPath& path : removed_paths) {
    if (path.state != RemovedPath::State::kFree) return true;
  }
  return false;
}

}  // namespace writebench::engine
