#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/owned_descriptor.hpp"
#include "engine/process/guarded_process.hpp"

namespace writebench::engine {

/// A program and its three standard streams, seen line by line. Reads its stderr all the time, and keeps the end of it.
/// Single-threaded, as GuardedProcess demands.
class Dialogue {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Input { kPipe, kEmpty };

  /// Starts the program. Throws std::system_error if it cannot be executed.
  Dialogue(const std::vector<std::string>& command, Input input);
  Dialogue(const Dialogue&) = delete;
  Dialogue& operator=(const Dialogue&) = delete;
  ~Dialogue();

  enum class Event {
    kLine,         ///< line() and heard_at() are new
    kTooLong,      ///< more than 64 KiB without a newline, on stdout; comes once
    kFlood,        ///< more than 64 MiB on stderr; comes once
    kEndOfOutput,  ///< it has closed its stdout, or everybody who had it has ended; comes once
    kEnd,          ///< it and everything that it has started have ended
    kNothing,      ///< so long nothing of this has happened
  };

  /// Waits for the next event, at most for so long.
  Event wait(std::chrono::milliseconds patience);

  const std::string& line() const { return line_; }
  Clock::time_point heard_at() const { return heard_at_; }

  /// Writes what the pipe takes; wait() writes the rest. Ignored if nobody reads.
  void send(std::string_view text);

  /// Whether the program has not read all that was sent.
  bool is_unread() const;

  /// Whether a send found that the program has closed its stdin.
  bool input_is_closed() const { return input_is_closed_; }

  /// Closes its stdin.
  void close_input() { input_ = OwnedDescriptor(-1); }

  GuardedProcess& process() { return *process_; }

  /// Kills it with everything that it has started, and waits for that; then how it ended.
  GuardedProcess::Ended killed();

  /// How it ended; after kEnd.
  GuardedProcess::Ended ended();

  /// The last lines of its stderr as one line, shortened; empty if there was none.
  std::string last_words() const;

 private:
  bool take_line();
  bool read_output();
  void read_errors();
  void write_unsent();

  OwnedDescriptor input_{-1};
  OwnedDescriptor output_{-1};
  OwnedDescriptor errors_{-1};
  std::optional<GuardedProcess> process_;
  std::string unsent_;
  bool input_is_closed_ = false;
  std::string heard_;       // from stdout, not yet taken
  std::size_t looked_ = 0;  // so much of it has no newline
  bool output_ended_ = false;
  bool told_end_of_output_ = false;
  bool told_too_long_ = false;
  Clock::time_point read_at_{};
  std::string line_;
  Clock::time_point heard_at_{};
  std::string errors_tail_;
  std::uint64_t errors_bytes_ = 0;
  bool told_flood_ = false;
};

}  // namespace writebench::engine
