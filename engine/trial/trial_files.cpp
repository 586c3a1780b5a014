#include "engine/trial/trial_files.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "engine/process/process_tree.hpp"
#include "engine/until_done.hpp"

namespace writebench::engine {

unsigned file_count(const Contract& contract, unsigned writers) {
  return contract.layout == Layout::kFilePerWriter ? writers : 1;
}

namespace {

// The path after its last slash.
const char* name_in(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return path.c_str() + (slash == path.npos ? 0 : slash + 1);
}

std::string directory_of(const std::vector<std::string>& paths) {
  const std::size_t slash = paths.empty() ? std::string::npos : paths.front().rfind('/');
  return slash == std::string::npos ? "." : paths.front().substr(0, slash + 1);
}

int open_existing(int directory, const char* name, const std::string& path, const Access& access) {
  int flags = access.by_name ? O_RDONLY : access.read ? O_RDWR : O_WRONLY;
  if (access.append) flags |= O_APPEND;
  if (access.direct) flags |= O_DIRECT;
  if (access.dsync) flags |= O_DSYNC;
  const int descriptor = until_done([&] { return ::openat(directory, name, flags | O_NOFOLLOW | O_CLOEXEC); });
  if (descriptor >= 0) return descriptor;
  const int error = errno;
  if (access.direct && error == EINVAL) throw Unsupported("this file system has no direct I/O (O_DIRECT)");
  throw IoError("open", path, error);
}

bool same_file(int a, int b) {
  struct stat of_a {};
  struct stat of_b {};
  return ::fstat(a, &of_a) == 0 && ::fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

}  // namespace

int open_for_strategy(const std::string& path, const Access& access) {
  return open_existing(AT_FDCWD, path.c_str(), path, access);
}

TrialFiles::TrialFiles(const Scratch& scratch, std::vector<std::string> paths)
    : own_directory_(-1), directory_(scratch.descriptor()), paths_(std::move(paths)) {
  scratch.check_place();
  make();
}

TrialFiles::TrialFiles(std::vector<std::string> paths)
    : own_directory_(::open(directory_of(paths).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      directory_(own_directory_.get()),
      paths_(std::move(paths)) {
  if (directory_ < 0) throw IoError("open", directory_of(paths_), errno);
  make();
}

void TrialFiles::make() {
  for (const std::string& path : paths_) {
    const int descriptor = until_done([&] {
      return ::openat(directory_, name_in(path), O_CREAT | O_EXCL | O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0644);
    });
    if (descriptor < 0) {
      const int error = errno;
      for (std::size_t made = 0; made < descriptors_.size(); ++made) ::unlinkat(directory_, name_in(paths_[made]), 0);
      for (const int open : descriptors_) ::close(open);
      throw IoError("open", path, error);
    }
    descriptors_.push_back(descriptor);
    struct stat status {};
    // The strategy opens it again, whatever the umask has taken away.
    const bool closed_to_us = ::fstat(descriptor, &status) == 0 && (status.st_mode & 0600u) != 0600;
    if (closed_to_us) ::fchmod(descriptor, (status.st_mode & 07777u) | 0600u);
  }
}

TrialFiles::~TrialFiles() {
  for (const int descriptor : descriptors_) ::close(descriptor);
}

int TrialFiles::open_for_strategy(std::size_t i, const Access& access) const {
  OwnedDescriptor descriptor(open_existing(directory_, name_in(paths_[i]), paths_[i], access));
  if (!same_file(descriptor.get(), descriptors_[i])) throw IoError("open", paths_[i], ESTALE);
  return descriptor.release();
}

void TrialFiles::remove() const {
  if (!left_to_kernel().empty()) return;
  for (const std::string& path : paths_) ::unlinkat(directory_, name_in(path), 0);
}

}  // namespace writebench::engine
