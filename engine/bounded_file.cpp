#include "engine/bounded_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "engine/huge_pages.hpp"
#include "engine/owned_descriptor.hpp"
#include "engine/until_done.hpp"

namespace writebench::engine {
namespace {

using Kind = UnreadableFile::Kind;

[[noreturn]] void refuse(int error) {
  throw UnreadableFile(error == ENOENT ? Kind::kMissing : Kind::kError, std::generic_category().message(error));
}

// Opens without waiting, because a pipe's other end may never come.
int open_file(const std::string& path) {
  if (path == "-") return ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  return until_done([&] { return ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY); });
}

}  // namespace

std::string read_bounded(const std::string& path, std::uint64_t most_bytes) {
  const OwnedDescriptor file(open_file(path));
  struct stat status {};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) refuse(errno);
  if (S_ISDIR(status.st_mode)) throw UnreadableFile(Kind::kDirectory, "is a directory");
  if (!S_ISREG(status.st_mode) && !S_ISFIFO(status.st_mode)) throw UnreadableFile(Kind::kEndless, "is not a file");
  // Whoever writes to the pipe may need time; one that nobody has opened ends at once.
  if (path != "-" && S_ISFIFO(status.st_mode)) ::fcntl(file.get(), F_SETFL, O_RDONLY);
  // A pipe and a file of /proc have no size, so it is read to its end, whatever the size is said to be.
  std::string bytes;
  std::size_t have = 0;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  for (;;) {
    if (have > most_bytes || size > most_bytes) throw UnreadableFile(Kind::kTooLarge, "is too large");
    if (have == bytes.size()) {
      bytes.reserve(std::max<std::size_t>(2 * have, static_cast<std::size_t>(size) + 4096));
      prefer_huge_pages(bytes.data() + have, bytes.capacity() - have);
      bytes.resize(bytes.capacity());
    }
    const ssize_t count = ::read(file.get(), bytes.data() + have, bytes.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse(errno);
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace writebench::engine
