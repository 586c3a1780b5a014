#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace writebench::cli {

/// How lines are written, in terms that every language has.
struct WayToWrite {
  enum class Kind {
    kEachLine,  ///< one call for each line
    kBuffer,    ///< a buffer that the caller fills and writes
    kLock,      ///< a buffer that several threads fill under a lock
    kThread,    ///< a thread that writes what others hand over
    kKernel,    ///< what no standard library has
  };
  Kind kind = Kind::kBuffer;
  std::uint64_t buffer_bytes = 0;  ///< 0: as the library has it
  bool synced = false;             ///< it asks for bytes to be on the device
};

/// A language, or a library for logs, and the calls in which it has the settings. docs/which-should-i-use.md has the
/// same with sources.
struct Software {
  std::string_view name;   ///< as it is typed: "python"
  std::string_view title;  ///< "Python"
  std::string_view each_line;
  std::string_view buffer;  ///< a # stands for the number of bytes
  std::string_view usual_buffer;
  std::string_view lock;
  std::string_view thread;
  std::string_view sync;
};
std::span<const Software> software();

/// What to write in that software, as a sentence; empty if the name is unknown.
std::string setting_in(std::string_view name, const WayToWrite& way);

}  // namespace writebench::cli
