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

FileCounts file_counts(const Descriptor& strategy, const Parameters& parameters) {
  return {.results = file_count(strategy.contract, parameters.writers()),
          .scratch = strategy.scratch_files ? static_cast<unsigned>(strategy.scratch_files(parameters)) : 0};
}

Access access_of(const Descriptor& strategy, const Parameters& parameters) {
  Access access = strategy.access;
  if (parameters.durability.kind == Durability::Kind::kNone || !strategy.takes_sync_call()) return access;
  const auto call = static_cast<SyncCall>(parameters.value(kSyncCall));
  access.fsync = call == SyncCall::kFsync;
  access.dsync = call == SyncCall::kDsync;
  return access;
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

TrialFiles::TrialFiles(const Scratch& scratch, std::vector<std::string> paths, unsigned scratch_files)
    : own_directory_(-1), directory_(scratch.descriptor()), paths_(std::move(paths)) {
  scratch.check_place();
  make(scratch_files);
}

TrialFiles::TrialFiles(std::vector<std::string> paths, unsigned scratch_files)
    : own_directory_(::open(directory_of(paths).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
      directory_(own_directory_.get()),
      paths_(std::move(paths)) {
  if (directory_ < 0) throw IoError("open", directory_of(paths_), errno);
  make(scratch_files);
}

void TrialFiles::make(unsigned scratch_files) {
  const auto results = static_cast<std::ptrdiff_t>(paths_.size() - scratch_files);
  scratch_paths_.assign(paths_.begin() + results, paths_.end());
  paths_.resize(paths_.size() - scratch_files);
  try {
    for (const std::string& path : paths_) descriptors_.push_back(make_file(path));
    for (const std::string& path : scratch_paths_) scratch_descriptors_.push_back(make_file(path));
  } catch (...) {
    const auto remove_made = [this](const std::vector<std::string>& paths, std::size_t made) {
      for (std::size_t i = 0; i < made; ++i) ::unlinkat(directory_, name_in(paths[i]), 0);
    };
    remove_made(paths_, descriptors_.size());
    remove_made(scratch_paths_, scratch_descriptors_.size());
    close_all();
    throw;
  }
}

int TrialFiles::make_file(const std::string& path) const {
  const int descriptor = until_done(
      [&] { return ::openat(directory_, name_in(path), O_CREAT | O_EXCL | O_RDONLY | O_NOFOLLOW | O_CLOEXEC, 0644); });
  if (descriptor < 0) throw IoError("open", path, errno);
  struct stat status {};
  // The strategy opens it again, whatever the umask has taken away.
  const bool closed_to_us = ::fstat(descriptor, &status) == 0 && (status.st_mode & 0600u) != 0600;
  if (closed_to_us) ::fchmod(descriptor, (status.st_mode & 07777u) | 0600u);
  return descriptor;
}

TrialFiles::~TrialFiles() { close_all(); }

void TrialFiles::close_all() const {
  for (const int descriptor : descriptors_) ::close(descriptor);
  for (const int descriptor : scratch_descriptors_) ::close(descriptor);
}

int TrialFiles::open_made(const std::string& path, int made, const Access& access) const {
  OwnedDescriptor descriptor(open_existing(directory_, name_in(path), path, access));
  if (!same_file(descriptor.get(), made)) throw IoError("open", path, ESTALE);
  return descriptor.release();
}

int TrialFiles::open_for_strategy(std::size_t i, const Access& access) const {
  return open_made(paths_[i], descriptors_[i], access);
}

int TrialFiles::open_scratch(std::size_t i) const {
  return open_made(scratch_paths_[i], scratch_descriptors_[i], {.read = true});
}

void TrialFiles::remove_scratch() const {
  if (!left_to_kernel().empty()) return;
  for (const std::string& path : scratch_paths_) ::unlinkat(directory_, name_in(path), 0);
}

void TrialFiles::remove() const {
  if (!left_to_kernel().empty()) return;
  remove_scratch();
  for (const std::string& path : paths_) ::unlinkat(directory_, name_in(path), 0);
}

}  // namespace writebench::engine
