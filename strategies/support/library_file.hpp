#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>

#include "writebench/file.hpp"

namespace writebench::strategies {

/// A file that a library opens by its name and buffers itself. Reports to File what has reached the kernel, as the
/// kernel tells it: it knows the position of the library's descriptor (lseek(2)). The library owns that descriptor and
/// must outlive this object's use of it. Not thread-safe.
class LibraryFile {
 public:
  /// `open` makes the library open file.path() for writing at offset 0, without emptying it: what the harness has set
  /// up stays. Finds the descriptor: the lowest number that was free. The library hands bytes over whenever
  /// `buffer_bytes` have gathered. Throws IoError if the file was not opened.
  LibraryFile(File& file, std::size_t buffer_bytes, const std::function<void()>& open);

  /// Call it after each append of so many bytes. May sync, as File::written() does.
  void appended(std::size_t bytes) {
    appended_bytes_ += bytes;
    if (appended_bytes_ - written_bytes_ >= buffer_bytes_) report();
  }

  /// The same for bytes of which the library has said that it handed them over.
  void handed_over(std::size_t bytes) {
    appended_bytes_ += bytes;
    written_bytes_ += bytes;
    file_.written(bytes);
  }

  /// Call it after the library was told to hand all over. Throws IoError if it has not.
  void flushed();

  /// The error of a write or of a close that has just failed for the reason in errno.
  IoError write_error() const;
  IoError close_error() const;

  /// From now on whatever the library writes is lost: it goes to /dev/null. For a library whose destructor would end
  /// the program if it cannot write what it holds.
  void abandon() const;

 private:
  std::uint64_t position_bytes() const;
  void report();

  File& file_;
  const std::size_t buffer_bytes_;
  int descriptor_ = -1;  // the library's
  std::uint64_t appended_bytes_ = 0;
  std::uint64_t written_bytes_ = 0;  // of these, as reported
};

}  // namespace writebench::strategies
