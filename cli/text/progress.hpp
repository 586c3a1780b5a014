#pragma once

#include <chrono>
#include <cstdio>
#include <string>

#include "cli/text/terminal.hpp"
#include "engine/run/run.hpp"

namespace writebench::cli {

/// One line on a terminal that says what runs, how far it is and what came out last; nothing on anything else. Gone
/// when the object is.
class Progress {
 public:
  explicit Progress(std::FILE* stream);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress();

  void trial_begins(const engine::Cell& cell, engine::Round::Kind kind, std::chrono::nanoseconds remaining);
  void trial_ended(const engine::Cell& cell, const engine::Sample& sample);
  void redraw();  ///< may be called often; draws about ten times a second

 private:
  using Clock = std::chrono::steady_clock;

  std::FILE* stream_;
  Terminal terminal_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point drawn_{};
  Clock::time_point ends_{};
  std::string running_;
  std::string last_;
};

}  // namespace writebench::cli
