#include "engine/lines/input_file.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <system_error>
#include <vector>

#include "engine/owned_descriptor.hpp"

namespace writebench::engine {
namespace {

std::uint64_t most_bytes_in_memory() {
  const auto memory = ::sysconf(_SC_PHYS_PAGES) * ::sysconf(_SC_PAGESIZE);
  return memory > 0 ? static_cast<std::uint64_t>(memory) / 2 : UINT64_MAX;
}

// Before open(2), which may start a device.
void refuse_what_does_not_end(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) refuse_input(path, errno);
  if (S_ISDIR(status.st_mode)) refuse_input(path, "it is a directory; give one of the files in it");
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
    refuse_input(path, "it is a device; copy the lines into a file and give that");
  }
}

int open_path(const std::string& path) {
  for (;;) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (descriptor >= 0 || errno != EINTR) return descriptor;
  }
}

void write_whole(const std::string& path, int to, const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(to, bytes, count);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) refuse_input(path, written < 0 ? errno : EIO);
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

// Everything from where the descriptor stands, in a file in memory.
int in_memory(const std::string& path, int from) {
  OwnedDescriptor memory(::memfd_create("writebench-input", MFD_CLOEXEC));
  if (memory.get() < 0) refuse_input(path, errno);
  const std::uint64_t most = most_bytes_in_memory();
  std::vector<char> block(std::size_t{1} << 20);
  for (std::uint64_t held = 0;;) {
    const ssize_t count = ::read(from, block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) refuse_input(path, errno);
    if (count == 0) return memory.release();
    held += static_cast<std::uint64_t>(count);
    if (held > most) {
      refuse_input(path, "it has more than " + std::to_string(most) +
                             " bytes, half of memory; save them in a file and give that");
    }
    write_whole(path, memory.get(), block.data(), static_cast<std::size_t>(count));
  }
}

bool can_be_read_again(int descriptor) {
  struct stat status {};
  // Standard input may stand in the middle of a file, whose first lines another program has read.
  return ::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
         ::lseek(descriptor, 0, SEEK_CUR) == 0;
}

}  // namespace

int open_input(const std::string& path) {
  const bool standard = path == kStandardInput;
  if (!standard) refuse_what_does_not_end(path);
  OwnedDescriptor input(standard ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0) : open_path(path));
  if (input.get() < 0) refuse_input(path, errno);
  return can_be_read_again(input.get()) ? input.release() : in_memory(path, input.get());
}

std::string input_name(const std::string& path) { return path == kStandardInput ? "standard input" : path; }

void refuse_input(const std::string& path, const std::string& why) {
  throw std::runtime_error("cannot replay the lines of " + input_name(path) + ": " + why);
}

void refuse_input(const std::string& path, int error_number) {
  const char* advice = "";
  if (error_number == ENOENT || error_number == ENOTDIR) advice = "; give the path of an existing file";
  if (error_number == EACCES || error_number == EPERM) advice = "; make it readable, or give a copy that is";
  refuse_input(path, std::generic_category().message(error_number) + advice);
}

}  // namespace writebench::engine
