#include "engine/trial/leftovers.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "engine/owned_descriptor.hpp"
#include "engine/trial/private_name.hpp"
#include "engine/trial/run_marker.hpp"
#include "engine/trial/scratch.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

// Thrown for what is not removed.
struct Stays {
  std::string reason;
  bool failed = false;
};

[[noreturn]] void cannot(const std::string& what, int error) { throw Stays{what + ": " + std::strerror(error), true}; }

std::vector<std::string> names_in(int directory) {
  // A descriptor of its own, because reading moves its offset.
  const int own = ::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* const stream = own < 0 ? nullptr : ::fdopendir(own);
  if (stream == nullptr) {
    const int error = errno;
    if (own >= 0) ::close(own);
    cannot("it cannot be read", error);
  }
  std::vector<std::string> names;
  while (const dirent* const entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  ::closedir(stream);
  std::sort(names.begin(), names.end());
  return names;
}

struct stat status_of(int directory, const std::string& name) {
  struct stat status {};
  if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) cannot("'" + name + "'", errno);
  return status;
}

struct stat status_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) cannot("it cannot be looked at", errno);
  return status;
}

void must_be_ours(const struct stat& status) {
  if (status.st_uid != ::geteuid()) throw Stays{"it belongs to another user"};
}

// Whether other machines may write to the file system, which then may not know this machine's locks.
bool is_shared_by_machines(int descriptor) {
  struct statfs status {};
  if (::fstatfs(descriptor, &status) != 0) return true;
  constexpr std::array<unsigned long, 13> kShared{
      NFS_SUPER_MAGIC,       SMB_SUPER_MAGIC,         SMB2_SUPER_MAGIC, CIFS_SUPER_MAGIC,  V9FS_MAGIC,
      FUSE_SUPER_MAGIC,      CEPH_SUPER_MAGIC,        AFS_SUPER_MAGIC,  OCFS2_SUPER_MAGIC, CODA_SUPER_MAGIC,
      0x01161970 /* gfs2 */, 0x0BD00BD0 /* lustre */, 0x47504653 /* gpfs */};
  return std::find(kShared.begin(), kShared.end(), static_cast<unsigned long>(status.f_type) & 0xFFFFFFFFu) !=
         kShared.end();
}

// On one kernel, the lock is known to all; also after a reboot, on a file system that no other machine can reach.
void must_be_judged_by_lock(const RunMarker& marker, int directory) {
  const RunMarker here = marker_of_this_run(0);
  if (!marker.boot_id.empty() && marker.boot_id == here.boot_id) return;
  if (!is_shared_by_machines(directory)) return;
  throw Stays{"its run was on host '" + marker.host +
              "', or before a reboot, and other machines may use this file "
              "system; if that run has ended, remove it yourself"};
}

void must_have_lock(LockAttempt lock, const std::string& holder) {
  if (lock == LockAttempt::kHeldByAnother) throw Stays{"it is in use by " + holder};
  if (lock == LockAttempt::kUnsupported) {
    throw Stays{"this file system has no locks, so its run may still be alive; if it is not, remove it yourself"};
  }
}

std::string text_of(int descriptor) {
  std::array<char, 1024> text{};
  const ssize_t bytes = ::pread(descriptor, text.data(), text.size(), 0);
  if (bytes < 0) cannot("its marker cannot be read", errno);
  return {text.data(), static_cast<std::size_t>(bytes)};
}

class ScratchLeftover {
 public:
  ScratchLeftover(int parent, std::string name)
      : parent_(parent),
        name_(std::move(name)),
        directory_(::openat(parent, name_.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)) {
    if (directory_.get() < 0) {
      if (errno == ELOOP || errno == ENOTDIR) throw Stays{"it is not a directory"};
      cannot("it cannot be opened", errno);
    }
    const struct stat status = status_of(directory_.get());
    device_ = status.st_dev;
    inode_ = status.st_ino;
    must_be_ours(status);
    if (device_ != status_of(parent).st_dev) throw Stays{"it is on another file system"};
    if (is_in_use_here(device_, inode_)) throw Stays{"it is in use by this process"};
    must_be_dead(status.st_mode & 07777u);
    look_at_files();
  }

  Leftover found(const std::string& path) const { return {path, origin_, files_.size(), bytes_}; }

  void remove() const {
    if (has_programs_) remove_all_in(directory_.get(), kRunMarker);
    for (const std::string& file : files_) {
      if (::unlinkat(directory_.get(), file.c_str(), 0) != 0 && errno != ENOENT) {
        cannot("'" + file + "' cannot be removed", errno);
      }
    }
    if (::unlinkat(directory_.get(), kRunMarker, 0) != 0 && errno != ENOENT)
      cannot("its marker cannot be removed", errno);
    const struct stat status = status_of(parent_, name_);
    if (status.st_dev != device_ || status.st_ino != inode_) throw Stays{"another took its place"};
    if (::unlinkat(parent_, name_.c_str(), AT_REMOVEDIR) == 0) return;
    if (errno == ENOTEMPTY || errno == EEXIST) throw Stays{"a file was made in it just now"};
    cannot("it cannot be removed", errno);
  }

 private:
  // After this, the lock is held.
  void must_be_dead(mode_t mode) {
    constexpr mode_t kPrivate = 0700;
    marker_ = OwnedDescriptor(::openat(directory_.get(), kRunMarker, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (marker_.get() < 0) {
      if (errno != ENOENT) cannot("its marker cannot be opened", errno);
      if (mode != kPrivate || !names_in(directory_.get()).empty()) throw Stays{"it has no marker of a run"};
      return;
    }
    const struct stat status = status_of(marker_.get());
    must_be_ours(status);
    if (!S_ISREG(status.st_mode) || status.st_nlink != 1) throw Stays{"its marker is not one of a run"};
    const auto marker = parse_marker(text_of(marker_.get()));
    if (!marker && status.st_size > 0) throw Stays{"its marker is not one of a run"};
    if (mode != (marker ? marker->directory_mode : kPrivate)) throw Stays{"its mode was changed"};
    if (marker) must_be_judged_by_lock(*marker, directory_.get());
    must_have_lock(try_lock(marker_.get()), marker ? "process " + std::to_string(marker->process) : "another process");
    if (!marker && !text_of(marker_.get()).empty()) throw Stays{"it is in use by another process"};
    if (!marker && names_in(directory_.get()).size() != 1) throw Stays{"its marker is empty"};
    has_programs_ = marker && marker->has_programs;
    if (marker) origin_ = "process " + std::to_string(marker->process) + ", started at " + marker->started_at;
    // Whoever had the lock before may have removed it, or kept its files.
    if (status_of(marker_.get()).st_nlink == 0) throw Stays{"it was removed or kept just now"};
  }

  void look_at_files() {
    for (const std::string& name : names_in(directory_.get())) {
      if (name == kRunMarker) continue;
      const struct stat status = status_of(directory_.get(), name);
      const bool ours = is_run_file_name(name.c_str()) && S_ISREG(status.st_mode);
      if ((!ours && !has_programs_) || status.st_uid != ::geteuid()) {
        throw Stays{"it holds '" + name + "', which no run made"};
      }
      files_.push_back(name);
      bytes_ += static_cast<std::uint64_t>(status.st_size);
    }
  }

  const int parent_;
  const std::string name_;
  const OwnedDescriptor directory_;
  OwnedDescriptor marker_{-1};
  dev_t device_ = 0;
  ino_t inode_ = 0;
  std::string origin_;
  bool has_programs_ = false;
  std::vector<std::string> files_;
  std::uint64_t bytes_ = 0;
};

// The temporary file of a report.
class TemporaryLeftover {
 public:
  TemporaryLeftover(int parent, std::string name) : parent_(parent), name_(std::move(name)) {
    const struct stat status = status_of(parent, name_);
    if (!S_ISREG(status.st_mode)) throw Stays{"it is not a regular file"};
    must_be_ours(status);
    if (status.st_nlink != 1) throw Stays{"it has another name"};
    file_ = OwnedDescriptor(::openat(parent, name_.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (file_.get() < 0) cannot("it cannot be opened", errno);
    if (is_shared_by_machines(file_.get())) {
      throw Stays{"other machines may use this file system, so it may be in use; if it is not, remove it yourself"};
    }
    const int locked = ::flock(file_.get(), LOCK_EX | LOCK_NB);
    must_have_lock(locked == 0            ? LockAttempt::kHave
                   : errno == EWOULDBLOCK ? LockAttempt::kHeldByAnother
                                          : LockAttempt::kUnsupported,
                   "another process");
    const struct stat now = status_of(parent, name_);
    const struct stat opened = status_of(file_.get());
    if (now.st_dev != opened.st_dev || now.st_ino != opened.st_ino) throw Stays{"another took its place"};
    bytes_ = static_cast<std::uint64_t>(opened.st_size);
  }

  Leftover found(const std::string& path) const { return {path, "", 1, bytes_}; }

  void remove() const {
    if (::unlinkat(parent_, name_.c_str(), 0) != 0) cannot("it cannot be removed", errno);
  }

 private:
  const int parent_;
  const std::string name_;
  OwnedDescriptor file_{-1};
  std::uint64_t bytes_ = 0;
};

}  // namespace

Leftovers leftovers_in(const std::string& directory, Removal removal) {
  const OwnedDescriptor parent(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0) throw IoError("open", directory, errno);
  std::vector<std::string> names;
  try {
    names = names_in(parent.get());
  } catch (const Stays&) {
    throw IoError("readdir", directory, EIO);
  }
  Leftovers leftovers;
  for (const std::string& name : names) {
    const bool is_scratch = is_private_name(kScratchPrefix, name);
    if (!is_scratch && !is_private_name(kTemporaryPrefix, name)) continue;
    const std::string path = directory + (directory.ends_with('/') ? "" : "/") + name;
    try {
      if (is_scratch) {
        const ScratchLeftover leftover(parent.get(), name);
        if (removal == Removal::kRemove) leftover.remove();
        leftovers.found.push_back(leftover.found(path));
      } else {
        const TemporaryLeftover leftover(parent.get(), name);
        if (removal == Removal::kRemove) leftover.remove();
        leftovers.found.push_back(leftover.found(path));
      }
    } catch (const Stays& stays) {
      struct stat status {};
      const bool gone = ::fstatat(parent.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
      if (!gone) leftovers.alone.push_back({path, stays.reason, stays.failed});
    }
  }
  return leftovers;
}

}  // namespace writebench::engine
