#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <system_error>

namespace writebench {

/// An operating-system call on the file under test failed. Thrown by File and by strategies; the trial that ran the
/// strategy turns it into an outcome.
class IoError : public std::system_error {
 public:
  /// `operation` is the name of the call, as in its man page. `offset_bytes` is the file offset of the call; for a
  /// sequential write it is the number of bytes already written. `error_number` is an errno value.
  IoError(const std::string& operation, const std::string& path, std::uint64_t offset_bytes, int error_number)
      : std::system_error(error_number, std::generic_category(),
                          operation + " " + path + " at byte " + std::to_string(offset_bytes)) {}

  /// The same for a call on the file as a whole, such as open or fdatasync.
  IoError(const std::string& operation, const std::string& path, int error_number)
      : std::system_error(error_number, std::generic_category(), operation + " " + path) {}
};

/// This machine, kernel or file system lacks what the strategy needs; the trial becomes *unavailable*, not failed.
class Unsupported : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace writebench
