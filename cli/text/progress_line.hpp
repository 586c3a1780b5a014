#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "cli/text/terminal.hpp"

namespace writebench::cli {

/// One line that says how far something is: on a terminal drawn again in its place and gone when the object is;
/// elsewhere a plain line once in a while; with `quiet` nothing.
class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;

  ProgressLine(std::FILE* stream, bool quiet, Clock::duration plain_line = std::chrono::seconds(10))
      : stream_(stream), quiet_(quiet), plain_line_(plain_line), terminal_(terminal_of(stream)) {}
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

  /// Whether it is time for another line: about ten times a second on a terminal.
  bool due() const;

  void show(const std::string& line);

 private:
  std::FILE* stream_;
  bool quiet_;
  Clock::duration plain_line_;
  bool drawn_ = false;
  Terminal terminal_;
  Clock::time_point last_ = Clock::now();
};

}  // namespace writebench::cli
