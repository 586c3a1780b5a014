#pragma once

#include <spdlog/sinks/basic_file_sink.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "strategies/support/library_file.hpp"
#include "writebench/file.hpp"

namespace writebench::strategies {

/// spdlog's basic_file_sink on a file of the job, with the pattern %v: the text of each message and a newline. The
/// library opens the path itself, with O_APPEND, through stdio with glibc's buffer. Throws IoError. One thread at a
/// time may use it, except for the sink.
class SpdlogFile {
 public:
  SpdlogFile() = default;
  SpdlogFile(const SpdlogFile&) = delete;
  SpdlogFile& operator=(const SpdlogFile&) = delete;

  void open(File& file);
  const std::shared_ptr<spdlog::sinks::basic_file_sink_mt>& sink() const { return sink_; }

  /// Reports that a line of so many bytes, its newline included, went through the sink.
  void appended(std::size_t bytes) { file_->appended(bytes); }

  /// The error of a call of the library that has just thrown, for the reason in errno.
  IoError write_error() const { return file_->write_error(); }

  /// Hands all over to the kernel.
  void flush();

  /// After a flush, and after the loggers that have the sink are gone.
  void close();

  /// What a logger is given: spdlog adds the newline.
  static spdlog::string_view_t text_of(std::string_view line) { return {line.data(), line.size() - 1}; }

 private:
  int close_error_ = 0;  // errno; outlives the sink, whose handler sets it
  std::shared_ptr<spdlog::sinks::basic_file_sink_mt> sink_;
  std::optional<LibraryFile> file_;
};

}  // namespace writebench::strategies
