#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace writebench::engine {

/// A file that cannot be read. what() is the system's message if there is one.
class UnreadableFile : public std::runtime_error {
 public:
  enum class Kind {
    kMissing,
    kDirectory,
    kEndless,  ///< neither a regular file nor a pipe, such as a device
    kTooLarge,
    kError,  ///< any other error of the system
  };

  UnreadableFile(Kind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}

  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

/// The bytes of a regular file or of a pipe; "-" is standard input. Reads at most `most_bytes`, whatever size the file
/// is said to have, and does not wait for a named pipe that nobody writes to: it is empty. Throws UnreadableFile.
std::string read_bounded(const std::string& path, std::uint64_t most_bytes);

}  // namespace writebench::engine
