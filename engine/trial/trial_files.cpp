#include "engine/trial/trial_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace writebench::engine {

unsigned file_count(const Contract& contract, unsigned writers) {
  return contract.layout == Layout::kFilePerWriter ? writers : 1;
}

int open_for_strategy(const std::string& path, const Access& access) {
  int flags = access.by_name ? O_RDONLY : access.read ? O_RDWR : O_WRONLY;
  if (access.append) flags |= O_APPEND;
  if (access.direct) flags |= O_DIRECT;
  if (access.dsync) flags |= O_DSYNC;
  for (;;) {
    const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC);
    if (descriptor >= 0) return descriptor;
    const int error = errno;
    if (access.direct && error == EINVAL) throw Unsupported("this file system has no direct I/O (O_DIRECT)");
    if (error != EINTR) throw IoError("open", path, error);
  }
}

TrialFiles::TrialFiles(std::vector<std::string> paths) : paths_(std::move(paths)) {
  for (const std::string& path : paths_) {
    const int descriptor = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDONLY | O_CLOEXEC, 0644);
    if (descriptor < 0) {
      const int error = errno;
      for (std::size_t made = 0; made < descriptors_.size(); ++made) ::unlink(paths_[made].c_str());
      close();
      throw IoError("open", path, error);
    }
    descriptors_.push_back(descriptor);
  }
}

TrialFiles::~TrialFiles() { close(); }

void TrialFiles::remove() const {
  for (const std::string& path : paths_) ::unlink(path.c_str());
}

void TrialFiles::close() {
  for (const int descriptor : descriptors_) ::close(descriptor);
}

}  // namespace writebench::engine
