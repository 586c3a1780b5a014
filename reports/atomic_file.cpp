#include "reports/atomic_file.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "engine/process/end_actions.hpp"
#include "engine/process/signals.hpp"

namespace writebench::reports {
namespace {

// Renames without replacing an existing file, which not every file system can do in one step (rename(2)).
int rename_to_new(const char* from, const char* to) {
  if (::renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return -1;
  struct stat status {};
  if (::lstat(to, &status) == 0) {
    errno = EEXIST;
    return -1;
  }
  return ::rename(from, to);
}

std::string advice(int error) {
  rlimit limit{};
  if (error != EFBIG || ::getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "";
  return "; no file may have more than " + std::to_string(limit.rlim_cur) + " bytes (ulimit -f)";
}

// Makes the file, and says that it is to be removed if the process ends before it has its name.
int make_temporary(std::string& path, std::optional<engine::RemovedAtEnd>& removed_at_end) {
  const engine::HeldSignals held;
  const int descriptor = ::mkostemp(path.data(), O_CLOEXEC);
  if (descriptor >= 0) removed_at_end.emplace(path, engine::RemovedAtEnd::Kind::kFile);
  return descriptor;
}

}  // namespace

void replace_atomically(const std::string& path, std::string_view text, Writing how) {
  std::string temporary = directory_of(path) + "/.writebench-report-XXXXXX";  // fits wherever the file's name fits
  const auto failed = [&](const char* what) {
    const int error = errno;
    ::unlink(temporary.c_str());
    throw std::runtime_error(std::string("cannot write '") + path + "': " + what + ": " + std::strerror(error) +
                             advice(error));
  };
  std::optional<engine::RemovedAtEnd> removed_at_end;
  const int descriptor = make_temporary(temporary, removed_at_end);
  if (descriptor < 0) failed("mkostemp");
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      ::close(descriptor);
      failed("write");
    }
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor, 0666 & ~mask);  // mkostemp made it private
  const bool synced = !how.durable || ::fsync(descriptor) == 0;
  if (::close(descriptor) != 0 || !synced) failed("fsync");
  const int renamed =
      how.replace ? ::rename(temporary.c_str(), path.c_str()) : rename_to_new(temporary.c_str(), path.c_str());
  if (renamed != 0) failed("rename");
}

std::string directory_of(const std::string& path) {
  const std::filesystem::path parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent.string();
}

}  // namespace writebench::reports
