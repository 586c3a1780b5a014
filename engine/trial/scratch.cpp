#include "engine/trial/scratch.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <utility>

#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "engine/process/try_write.hpp"
#include "engine/trial/private_name.hpp"
#include "engine/trial/run_marker.hpp"
#include "engine/until_done.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

constexpr int kMostNames = 100;

// The scratch directories of this process, newest first.
Scratch* newest = nullptr;

void print_to_stderr(const std::string& sentence) {
  const std::string line = "writebench: " + sentence + "\n";
  try_write(STDERR_FILENO, line.data(), line.size());
}
ScratchNotice notice_of_process = print_to_stderr;

// Makes the directory with exactly this mode, whatever the umask.
int make_private_directory(int parent, const char* name) {
  const mode_t mask = ::umask(077);
  const int made = ::mkdirat(parent, name, 0700);
  const int error = errno;
  ::umask(mask);
  errno = error;
  return made;
}

std::string reason_of(int error) { return std::strerror(error); }

const char* skip_digits(const char* text) {
  while (*text >= '0' && *text <= '9') ++text;
  return text;
}

// What getdents64(2) returns for each name, which follows.
struct DirectoryEntry {
  std::uint64_t inode;
  std::int64_t offset;
  unsigned short bytes;  // to the next
  unsigned char type;
};
constexpr std::size_t kNameAt = offsetof(DirectoryEntry, type) + 1;

// Calls `visit` with each name in a directory. Async-signal-safe if that is.
template <class Visit>
void for_each_name(int directory, Visit visit) {
  alignas(DirectoryEntry) std::array<char, 2048> entries;
  ::lseek(directory, 0, SEEK_SET);
  for (;;) {
    const long bytes = ::syscall(SYS_getdents64, directory, entries.data(), entries.size());
    if (bytes <= 0) break;
    for (const char* at = entries.data(); at < entries.data() + bytes;) {
      const char* const name = at + kNameAt;
      if (std::strcmp(name, ".") != 0 && std::strcmp(name, "..") != 0) visit(name);
      at += reinterpret_cast<const DirectoryEntry*>(at)->bytes;
    }
  }
}

// Removes the files that have names of ours, the marker last.
void remove_run_files(int directory) {
  for_each_name(directory, [directory](const char* name) {
    if (is_run_file_name(name) && std::strcmp(name, kRunMarker) != 0) ::unlinkat(directory, name, 0);
  });
  ::unlinkat(directory, kRunMarker, 0);
}

constexpr int kMostLevels = 16;

void remove_everything(int directory, const char* keep, dev_t device, int levels);

void remove_one(int directory, const char* name, dev_t device, int levels) {
  if (::unlinkat(directory, name, 0) == 0 || (errno != EISDIR && errno != EPERM)) return;
  struct stat status {};
  if (levels == 0 || ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0) return;
  if (!S_ISDIR(status.st_mode) || status.st_dev != device) return;
  if ((status.st_mode & 0700u) != 0700 && ::fchmodat(directory, name, 0700, 0) != 0) return;
  const int inner = ::openat(directory, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0) return;
  remove_everything(inner, "", device, levels - 1);
  ::close(inner);
  ::unlinkat(directory, name, AT_REMOVEDIR);
}

// A directory may leave out names while it shrinks, so it is walked until nothing is left, or nothing gets less.
void remove_everything(int directory, const char* keep, dev_t device, int levels) {
  for (std::size_t before = SIZE_MAX;;) {
    std::size_t found = 0;
    for_each_name(directory, [&](const char* name) {
      if (std::strcmp(name, keep) == 0) return;
      ++found;
      remove_one(directory, name, device, levels);
    });
    if (found == 0 || found >= before) return;
    before = found;
  }
}

}  // namespace

Scratch::Scratch(const std::string& parent, Makers makers)
    : parent_(until_done([&] { return ::open(parent.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC); })),
      makers_(makers),
      owner_(::getpid()) {
  if (parent_.get() < 0) throw IoError("open", parent, errno);
  const HeldSignals held;
  for (int attempt = 1;; ++attempt) {
    name_ = private_name(kScratchPrefix);
    path_ = parent + (parent.ends_with('/') ? "" : "/") + name_;
    if (make(name_)) break;
    if (attempt == kMostNames) throw IoError("mkdir", path_, errno);
  }
  removed_at_end_.emplace(path_, remove_at_end, this);
  next_ = newest;
  newest = this;
}

// Others may remove a directory that they find empty, or with a marker that is empty and not locked: that is what a run
// leaves that was killed right here (leftovers.hpp). Then the next name is tried.
bool Scratch::make(const std::string& name) {
  if (make_private_directory(parent_.get(), name.c_str()) != 0) {
    if (errno == EEXIST) return false;
    throw IoError("mkdir", path_, errno);
  }
  OwnedDescriptor directory(until_done(
      [&] { return ::openat(parent_.get(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC); }));
  const auto give_up = [&](const char* operation, int error) {
    ::unlinkat(parent_.get(), name.c_str(), AT_REMOVEDIR);
    errno = error;
    if (error == ENOENT) return false;
    throw IoError(operation, path_, error);
  };
  struct stat status {};
  if (directory.get() < 0 || ::fstat(directory.get(), &status) != 0) return give_up("open", errno);
  // An access control list that the directory inherits may take rights away. Not every file system has modes.
  if ((status.st_mode & 07777u) != 0700 && ::fchmod(directory.get(), 0700) == 0) ::fstat(directory.get(), &status);
  OwnedDescriptor marker(until_done(
      [&] { return ::openat(directory.get(), kRunMarker, O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600); }));
  if (marker.get() < 0) return give_up("open", errno);
  ::fchmod(marker.get(), 0600);  // the umask may have taken that away
  const bool locked = lock(marker.get());
  struct stat marker_status {};
  if (::fstat(marker.get(), &marker_status) == 0 && marker_status.st_nlink == 0) return false;
  // Without a lock there is no proof that the run has ended, so its directory is never taken for a leftover. The same
  // holds if this cannot be written, which does no harm to the run.
  RunMarker run = marker_of_this_run(status.st_mode & 07777u);
  run.has_programs = makers_ == Makers::kPrograms;
  const std::string text = locked ? to_text(run) : "no lock\n";
  until_done([&] { return static_cast<int>(::pwrite(marker.get(), text.data(), text.size(), 0)); });
  device_ = status.st_dev;
  inode_ = status.st_ino;
  directory_ = std::move(directory);
  marker_ = std::move(marker);
  return true;
}

Scratch::~Scratch() {
  if (::getpid() == owner_ && left_to_kernel().empty()) {
    if (const auto left = remove()) notice_of_process(*left);
  }
  Scratch** link = &newest;
  while (*link != this) link = &(*link)->next_;
  *link = next_;
}

std::string Scratch::file_path(const std::string& name) const {
  made_.insert(name);
  return path_ + "/" + name;
}

std::vector<std::string> Scratch::file_paths(std::size_t number, unsigned files) const {
  const std::string stem = std::to_string(number);
  if (files == 1) return {file_path(stem + ".txt")};
  std::vector<std::string> paths;
  for (unsigned i = 0; i < files; ++i) paths.push_back(file_path(stem + "-" + std::to_string(i) + ".txt"));
  return paths;
}

void Scratch::remove_files(const std::vector<std::string>& paths) const {
  for (const std::string& path : paths) {
    const char* const name = path.c_str() + path.rfind('/') + 1;
    if (::unlinkat(directory_.get(), name, 0) != 0 && errno != ENOENT) throw IoError("unlink", path, errno);
  }
}

std::vector<std::string> Scratch::foreign() const {
  std::vector<std::string> names;
  for_each_name(directory_.get(), [&](const char* name) {
    if (std::strcmp(name, kRunMarker) != 0 && !made_.contains(name)) names.emplace_back(name);
  });
  return names;
}

void Scratch::remove_foreign() const {
  struct stat status {};
  if (makers_ != Makers::kPrograms || ::fstat(directory_.get(), &status) != 0) return;
  for (const std::string& name : foreign()) remove_one(directory_.get(), name.c_str(), status.st_dev, kMostLevels);
}

void Scratch::remove_anything(const std::string& path) const {
  struct stat status {};
  const char* const name = path.c_str() + path.rfind('/') + 1;
  if (makers_ == Makers::kPrograms && ::fstat(directory_.get(), &status) == 0) {
    remove_one(directory_.get(), name, status.st_dev, kMostLevels);
  }
  if (::fstatat(directory_.get(), name, &status, AT_SYMLINK_NOFOLLOW) == 0) throw IoError("unlink", path, EBUSY);
}

std::uint64_t Scratch::used_bytes() const {
  std::uint64_t bytes = 0;
  std::error_code error;
  std::filesystem::recursive_directory_iterator entry(path_, error);
  for (; !error && entry != std::filesystem::recursive_directory_iterator(); entry.increment(error)) {
    struct stat status {};
    if (::lstat(entry->path().c_str(), &status) == 0) bytes += static_cast<std::uint64_t>(status.st_blocks) * 512;
  }
  return bytes;
}

bool Scratch::is_ours(int at, const char* name) const {
  struct stat status {};
  return ::fstatat(at, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_dev == device_ && status.st_ino == inode_;
}

void Scratch::check_place() const {
  struct stat status {};
  if (::stat(path_.c_str(), &status) != 0) throw IoError("stat", path_, errno);
  if (status.st_dev != device_ || status.st_ino != inode_) throw IoError("stat", path_, ESTALE);
}

void Scratch::keep() {
  done_ = true;
  removed_at_end_.reset();
  ::unlinkat(directory_.get(), kRunMarker, 0);
}

std::string Scratch::why_not_empty() const {
  std::string others;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(path_, error)) {
    others += (others.empty() ? "'" : ", '") + entry.path().filename().string() + "'";
  }
  return others.empty() ? reason_of(ENOTEMPTY) : "this run did not make " + others + "; remove it yourself";
}

std::optional<std::string> Scratch::remove() {
  if (done_) return std::nullopt;
  done_ = true;
  std::string reason;
  if (makers_ == Makers::kPrograms) remove_all_in(directory_.get(), kRunMarker);
  for (const std::string& name : made_) {
    if (::unlinkat(directory_.get(), name.c_str(), 0) == 0 || errno == ENOENT) continue;
    if (reason.empty()) reason = "'" + name + "' cannot be removed: " + reason_of(errno);
  }
  ::unlinkat(directory_.get(), kRunMarker, 0);
  struct stat status {};
  const bool exists = ::fstat(directory_.get(), &status) != 0 || status.st_nlink > 0;
  if (!exists) return std::nullopt;
  if (!is_ours(parent_.get(), name_.c_str())) {
    return "the directory '" + path_ + "' of this run was moved; what is left of it is not removed";
  }
  if (::unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR) == 0) return std::nullopt;
  const int error = errno;
  if (reason.empty()) reason = error == ENOTEMPTY || error == EEXIST ? why_not_empty() : reason_of(error);
  return "left '" + path_ + "': " + reason;
}

// In the handler of a signal: through the descriptors that are open already, without allocation.
bool Scratch::remove_at_end(void* scratch) {
  const auto* const self = static_cast<const Scratch*>(scratch);
  if (::getpid() != self->owner_) return true;
  if (self->makers_ == Makers::kPrograms) remove_all_in(self->directory_.get(), kRunMarker);
  remove_run_files(self->directory_.get());
  if (!self->is_ours(self->parent_.get(), self->name_.c_str())) return true;
  return ::unlinkat(self->parent_.get(), self->name_.c_str(), AT_REMOVEDIR) == 0;
}

bool is_in_use_here(dev_t device, ino_t inode) {
  for (const Scratch* scratch = newest; scratch != nullptr; scratch = scratch->next_) {
    if (scratch->owner_ == ::getpid() && scratch->device_ == device && scratch->inode_ == inode) return true;
  }
  return false;
}

void remove_all_in(int directory, const char* keep) {
  struct stat status {};
  if (::fstat(directory, &status) == 0) remove_everything(directory, keep, status.st_dev, kMostLevels);
}

bool is_run_file_name(const char* name) {
  if (std::strcmp(name, kRunMarker) == 0 || std::strcmp(name, "sync-probe") == 0) return true;
  const char* end = skip_digits(name);
  if (end == name) return false;
  if (*end == '-') {
    const char* const second = end + 1;
    end = skip_digits(second);
    if (end == second) return false;
  }
  return std::strcmp(end, ".txt") == 0;
}

void set_scratch_notice(ScratchNotice notice) { notice_of_process = notice; }

}  // namespace writebench::engine
