#if WRITEBENCH_HAS_SPDLOG
#include "strategies/libraries/spdlog_file.hpp"

#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <string>

namespace writebench::strategies {
namespace {

// The size that glibc gives to the buffer of a stream.
std::size_t stdio_buffer_bytes(const File& file) {
  struct stat status {};
  return ::fstat(file.descriptor(), &status) == 0 && status.st_blksize > 0 ? static_cast<std::size_t>(status.st_blksize)
                                                                           : BUFSIZ;
}

}  // namespace

void SpdlogFile::open(File& file) {
  // The library ignores what fclose(3) returns, so errno says it. These are called right before and after.
  spdlog::file_event_handlers handlers;
  handlers.before_close = [](const spdlog::filename_t&, std::FILE*) { errno = 0; };
  handlers.after_close = [this](const spdlog::filename_t&) { close_error_ = errno; };
  file_.emplace(file, stdio_buffer_bytes(file), [&] {
    try {
      sink_ = std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.path(), false, handlers);
    } catch (const spdlog::spdlog_ex&) {  // LibraryFile looks at errno
    }
  });
  sink_->set_pattern("%v");
}

void SpdlogFile::flush() {
  try {
    sink_->flush();
  } catch (const spdlog::spdlog_ex&) {
    throw file_->write_error();
  }
  file_->flushed();
}

void SpdlogFile::close() {
  sink_.reset();
  errno = close_error_;
  if (close_error_ != 0 && close_error_ != EINTR) throw file_->close_error();
}

}  // namespace writebench::strategies

#endif
