#include "cli/options/output_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "cli/options/usage_error.hpp"
#include "reports/atomic_file.hpp"

namespace writebench::cli {

void check_output_file(std::string_view option, const std::string& path, bool replace) {
  const auto refuse = [&](std::string_view reason) {
    throw UsageError(fmt::format("{} '{}' {}", option, path, reason));
  };
  if (path.empty() || path.ends_with('/')) refuse("is no file name; name a file");
  const std::string directory = reports::directory_of(path);
  struct stat status {};
  const bool found = ::stat(directory.c_str(), &status) == 0;
  if (found && !S_ISDIR(status.st_mode)) errno = ENOTDIR;
  if (!found || !S_ISDIR(status.st_mode) || ::access(directory.c_str(), W_OK | X_OK) != 0) {
    refuse(fmt::format("cannot be written: {}; name a file in a directory that you may write", std::strerror(errno)));
  }
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) refuse(fmt::format("cannot be written: {}; name another file", std::strerror(errno)));
    return;
  }
  if (!S_ISREG(status.st_mode)) refuse("exists and is no regular file; name another");
  if (!replace) refuse("exists; name another file, or replace it with --force");
}

}  // namespace writebench::cli
