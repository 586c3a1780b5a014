#pragma once

#include <cstdint>
#include <cstdio>
#include <exception>
#include <optional>
#include <string_view>
#include <vector>

#include "writebench/file.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {

/// Buffered stdio on a File: glibc's own FILE and buffering, but File::write_all() makes the system calls, so the
/// failure rules and the durability apply. Calls are atomic with respect to each other, because a FILE has a lock
/// (flockfile(3)). Throws IoError.
class StdioStream {
 public:
  /// A buffer of the size that glibc chooses, or of `buffer_bytes` as setvbuf(3) sets it.
  explicit StdioStream(File& file, std::optional<std::size_t> buffer_bytes = std::nullopt);
  StdioStream(const StdioStream&) = delete;
  StdioStream& operator=(const StdioStream&) = delete;
  ~StdioStream();

  /// Writes one line. With `flush`, the line is with the kernel on return, written by its own call.
  void write(std::string_view line, bool flush = false) {
    if (flush) return write_flushed(line);
    if (std::fwrite(line.data(), 1, line.size(), stream_) != line.size()) rethrow();
  }

  /// The most that a stream holds: its buffer, and the start of the first line there, which the kernel may have
  /// already.
  static std::uint64_t may_hold_bytes(const LossConditions& given) {
    return given.file_block_bytes + given.longest_line_bytes;
  }

  /// Hands all buffered bytes to the kernel.
  void flush();

 private:
  static ssize_t write_through(void* self, const char* bytes, std::size_t size);
  void write_flushed(std::string_view line);
  [[noreturn]] void rethrow();

  File& file_;
  std::vector<char> buffer_;
  std::FILE* stream_;
  std::exception_ptr error_;  // the first, from inside a stdio call
};

}  // namespace writebench::strategies
