#pragma once

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string_view>

#include "strategies/support/library_file.hpp"
#include "writebench/strategy.hpp"

namespace writebench::strategies {

/// A std::ofstream that opens a file by its name, with the failure rules and the durability of the job. Throws IoError.
class OfstreamWriter {
 public:
  void open(File& file) {
    file_.emplace(file, kBufferBytes, [&] {
      do {
        errno = 0;
        out_.clear();
        // Not to empty the file needs `in` too (std::basic_filebuf::open).
        out_.open(file.path(), std::ios::binary | std::ios::in | std::ios::out);
      } while (!out_ && errno == EINTR);
    });
  }

  /// `line` ends with its newline.
  void append(std::string_view line) {
    out_ << line;
    if (!out_) throw file_->write_error();
    file_->appended(line.size());
  }

  /// The same, but std::endl writes the newline: the line is with the kernel on return.
  void append_with_endl(std::string_view line) {
    out_ << line.substr(0, line.size() - 1) << std::endl;
    if (!out_) throw file_->write_error();
    file_->handed_over(line.size());
  }

  void flush() {
    out_.flush();
    if (!out_) throw file_->write_error();
    file_->flushed();
  }

  /// To be called after a flush.
  void close();

  /// The most that a stream holds: its buffer, and the start of the first line there.
  static std::uint64_t may_hold_bytes(const LossConditions& given) { return kBufferBytes + given.longest_line_bytes; }

 private:
  static constexpr std::size_t kBufferBytes = BUFSIZ;  // of a libstdc++ stream

  std::ofstream out_;
  std::optional<LibraryFile> file_;
};

}  // namespace writebench::strategies
