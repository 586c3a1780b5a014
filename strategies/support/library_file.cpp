#include "strategies/support/library_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace writebench::strategies {
namespace {

// open(2) takes the lowest number that is free, and so does dup(2).
int next_descriptor(const File& file) {
  const int next = ::dup(file.descriptor());
  if (next < 0) throw IoError("dup", file.path(), errno);
  ::close(next);
  return next;
}

bool same_file(int a, int b) {
  struct stat of_a {};
  struct stat of_b {};
  return ::fstat(a, &of_a) == 0 && ::fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

}  // namespace

LibraryFile::LibraryFile(File& file, std::size_t buffer_bytes, const std::function<void()>& open)
    : file_(file), buffer_bytes_(buffer_bytes), descriptor_(next_descriptor(file)) {
  errno = 0;
  open();
  const int error = errno;
  if (!same_file(descriptor_, file.descriptor())) throw IoError("open", file.path(), error != 0 ? error : ESTALE);
}

void LibraryFile::flushed() {
  report();
  if (written_bytes_ == appended_bytes_) return;
  // The library has dropped bytes that the kernel did not take. A write where they begin or end says why.
  const std::string operation =
      "write (" + std::to_string(written_bytes_) + " of " + std::to_string(appended_bytes_) + " bytes taken)";
  for (const std::uint64_t at : {written_bytes_, appended_bytes_ - 1}) {
    if (::pwrite(descriptor_, "\n", 1, static_cast<off_t>(at)) < 0) throw IoError(operation, file_.path(), at, errno);
  }
  throw IoError(operation, file_.path(), written_bytes_, EIO);
}

IoError LibraryFile::write_error() const {
  const int error = errno;
  return {"write", file_.path(), position_bytes(), error != 0 ? error : EIO};
}

IoError LibraryFile::close_error() const { return {"close", file_.path(), errno != 0 ? errno : EIO}; }

void LibraryFile::abandon() const {
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere < 0) return;
  ::dup3(nowhere, descriptor_, O_CLOEXEC);
  ::close(nowhere);
}

std::uint64_t LibraryFile::position_bytes() const {
  const off_t position = ::lseek(descriptor_, 0, SEEK_CUR);
  if (position < 0) throw IoError("lseek", file_.path(), errno);
  return static_cast<std::uint64_t>(position);
}

void LibraryFile::report() {
  const std::uint64_t position = position_bytes();
  const std::uint64_t more = position - written_bytes_;
  written_bytes_ = position;
  file_.written(more);
}

}  // namespace writebench::strategies
