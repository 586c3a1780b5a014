#include "reports/atomic_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "engine/owned_descriptor.hpp"
#include "engine/process/end_actions.hpp"
#include "engine/process/signals.hpp"
#include "engine/trial/leftovers.hpp"
#include "engine/trial/private_name.hpp"
#include "engine/until_done.hpp"

namespace writebench::reports {
namespace {

// Thrown with errno.
struct Failed {
  const char* operation;
  int error = errno;
};

// Renames without replacing an existing file, which not every file system can do in one step (rename(2)).
int rename_to_new(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  struct stat status {};
  if (::lstat(to, &status) == 0) {
    errno = EEXIST;
    return -1;
  }
  return std::rename(from, to);
}

mode_t mode_of_new_file() {
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666 & ~mask;
}

// Who may do what with a file.
class Rights {
 public:
  // No value if there is no such file.
  static std::optional<Rights> of(const std::string& path) {
    Rights rights;
    if (::stat(path.c_str(), &rights.status_) != 0) return std::nullopt;
    const ssize_t bytes = ::getxattr(path.c_str(), kList, rights.list_.data(), rights.list_.size());
    if (bytes > 0) rights.list_bytes_ = static_cast<std::size_t>(bytes);
    rights.has_list_ = bytes > 0 || (bytes < 0 && errno == ERANGE);
    return rights;
  }

  void give_to(int descriptor) const {
    const bool same_group = ::fchown(descriptor, static_cast<uid_t>(-1), status_.st_gid) == 0;
    // If the owner cannot be kept, the file is this user's, who may replace it again.
    static_cast<void>(::fchown(descriptor, status_.st_uid, static_cast<gid_t>(-1)) == 0);
    mode_t mode = status_.st_mode & 0777u;
    const bool same_list =
        !has_list_ || (list_bytes_ > 0 && ::fsetxattr(descriptor, kList, list_.data(), list_bytes_, 0) == 0);
    // With a list, these bits are its mask and not the group's rights.
    if (!same_group || !same_list) mode = mode & (0707u | (mode & 07u) << 3);
    ::fchmod(descriptor, mode);
  }

 private:
  static constexpr const char* kList = "system.posix_acl_access";  // acl(5)

  struct stat status_ {};
  bool has_list_ = false;
  std::array<char, 4096> list_{};
  std::size_t list_bytes_ = 0;  // 0: there is none, or it is too long to copy
};

// The new file while it has another name. Removed unless it was renamed.
class TemporaryFile {
 public:
  TemporaryFile(const std::string& directory, const WritingCalls& calls) : calls_(calls) {
    const engine::HeldSignals held;
    for (int attempt = 0; attempt < 100; ++attempt) {
      path_ = directory + "/" + engine::private_name(engine::kTemporaryPrefix);  // fits wherever the file's name fits
      descriptor_ = engine::OwnedDescriptor(engine::until_done(
          [&] { return ::open(path_.c_str(), O_CREAT | O_EXCL | O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0600); }));
      if (descriptor_.get() < 0) {
        if (errno == EEXIST) continue;
        throw Failed{"open"};
      }
      if (lock()) {
        removed_at_end_.emplace(path_);
        return;
      }
    }
    throw Failed{"open", EEXIST};
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!renamed_) ::unlink(path_.c_str());
  }

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = calls_.write(descriptor_.get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw Failed{"write"};
      if (written == 0) throw Failed{"write", EIO};
      text.remove_prefix(static_cast<std::size_t>(written));
    }
  }

  int descriptor() const { return descriptor_.get(); }

  void sync() const {
    if (engine::until_done([&] { return calls_.fsync(descriptor_.get()); }) != 0) throw Failed{"fsync"};
  }

  // Some file systems report only here that the bytes could not be written. An interrupt leaves the descriptor closed
  // and that question open; the other descriptor asks it again.
  void close() {
    if (calls_.close(descriptor_.release()) == 0) return;
    if (errno != EINTR) throw Failed{"close"};
    if (lock_.get() >= 0 && engine::until_done([&] { return calls_.fsync(lock_.get()); }) != 0) throw Failed{"fsync"};
  }

  void rename(const std::string& path, bool replace) {
    const int renamed = engine::until_done([&] {
      return replace ? calls_.rename(path_.c_str(), path.c_str()) : rename_to_new(path_.c_str(), path.c_str());
    });
    if (renamed != 0) throw Failed{"rename"};
    renamed_ = true;
  }

 private:
  // Through a descriptor of its own, so that the lock lasts until the file has its name. A file system without locks
  // does no harm: without one, nobody takes the file for a leftover. False if somebody has done so already.
  bool lock() {
    lock_ = engine::OwnedDescriptor(
        engine::until_done([&] { return ::open(path_.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC); }));
    if (lock_.get() < 0) return errno != ENOENT;
    if (::flock(lock_.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) return false;
    struct stat status {};
    return ::fstat(lock_.get(), &status) != 0 || status.st_nlink > 0;
  }

  const WritingCalls& calls_;
  std::string path_;
  engine::OwnedDescriptor descriptor_{-1};
  engine::OwnedDescriptor lock_{-1};
  std::optional<engine::RemovedAtEnd> removed_at_end_;
  bool renamed_ = false;
};

// Where a symbolic link leads.
std::string place_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const std::filesystem::path target = std::filesystem::canonical(path, error);
  return error ? path : target.string();
}

std::string advice(int error) {
  rlimit limit{};
  if (error != EFBIG || ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "";
  return "; no file may have more than " + std::to_string(limit.rlim_cur) + " bytes (ulimit -f)";
}

}  // namespace

void replace_atomically(const std::string& path, std::string_view text, Writing how, const WritingCalls& calls) try {
  const std::string place = how.replace ? place_of(path) : path;
  const std::optional<Rights> rights = how.replace ? Rights::of(place) : std::nullopt;
  TemporaryFile file(directory_of(place), calls);
  file.write(text);
  if (rights) {
    rights->give_to(file.descriptor());
  } else {
    ::fchmod(file.descriptor(), mode_of_new_file());
  }
  if (how.durable) file.sync();
  file.close();
  file.rename(place, how.replace);
} catch (const Failed& failed) {
  throw std::runtime_error("cannot write '" + path + "': " + failed.operation + ": " + std::strerror(failed.error) +
                           advice(failed.error));
}

std::string directory_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace writebench::reports
