#include "strategies/support/stdio_stream.hpp"

#include <sys/stat.h>

#include <exception>

#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

namespace writebench::strategies {
namespace {

// The buffer size that glibc uses for a file that it opens itself: the file system's preferred size (setvbuf(3),
// stat(2)).
std::size_t default_buffer_bytes(const File& file) {
  struct stat status {};
  if (::fstat(file.descriptor(), &status) != 0 || status.st_blksize <= 0) return BUFSIZ;
  return static_cast<std::size_t>(status.st_blksize);
}

// glibc locks a FILE during each operation in a way that the thread sanitizer cannot see; this class tells it.
class UnderLockOf {
 public:
#ifdef __SANITIZE_THREAD__
  explicit UnderLockOf(void* locked) : locked_(locked) { __tsan_acquire(locked_); }
  ~UnderLockOf() { __tsan_release(locked_); }

 private:
  void* locked_;
#else
  explicit UnderLockOf(void*) {}
#endif
};

}  // namespace

StdioStream::StdioStream(File& file, std::optional<std::size_t> buffer_bytes)
    : file_(file), buffer_(buffer_bytes ? *buffer_bytes : default_buffer_bytes(file)) {
  stream_ = ::fopencookie(this, "w", {.read = nullptr, .write = write_through, .seek = nullptr, .close = nullptr});
  if (stream_ == nullptr) throw IoError("fopencookie", file.path(), errno);
  std::setvbuf(stream_, buffer_.data(), _IOFBF, buffer_.size());
}

StdioStream::~StdioStream() {
  // A failed run may have left bytes in the buffer; do not write them now.
  if (!error_) error_ = std::make_exception_ptr(std::runtime_error("closed"));
  std::fclose(stream_);
}

void StdioStream::flush() {
  if (std::fflush(stream_) != 0) rethrow();
}

void StdioStream::write_flushed(std::string_view line) {
  // One lock covers both calls; otherwise another thread's line could join this flush and share its sync.
  ::flockfile(stream_);
  const bool written = std::fwrite(line.data(), 1, line.size(), stream_) == line.size() && std::fflush(stream_) == 0;
  ::funlockfile(stream_);
  if (!written) rethrow();
}

ssize_t StdioStream::write_through(void* self, const char* bytes, std::size_t size) {
  auto& stream = *static_cast<StdioStream*>(self);
  const UnderLockOf lock(self);
  if (stream.error_) return 0;  // fopencookie(3): 0 reports an error
  try {
    stream.file_.write_all({bytes, size});
    return static_cast<ssize_t>(size);
  } catch (...) {  // must not pass through C code
    stream.error_ = std::current_exception();
    return 0;
  }
}

void StdioStream::rethrow() {
  if (error_) std::rethrow_exception(error_);
  throw IoError("fwrite", file_.path(), errno);
}

}  // namespace writebench::strategies
