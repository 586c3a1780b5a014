#pragma once

#include <chrono>
#include <cstdio>
#include <optional>
#include <string>

#include "cli/text/progress_line.hpp"
#include "engine/run/run.hpp"

namespace writebench::cli {

/// What is said while the cell runs on few lines (engine::fit_lines()).
std::string look_text(const engine::Cell& cell);

/// What runs, how far it is and what came out last, as a ProgressLine.
class Progress {
 public:
  Progress(std::FILE* stream, bool quiet) : line_(stream, quiet) {}

  void look_begins(const engine::Cell& cell);
  void look_ended(const engine::Cell& cell, std::optional<double> ns_per_line);
  void trial_begins(const engine::Cell& cell, engine::Round::Kind kind, std::chrono::nanoseconds remaining);
  void trial_ended(const engine::Cell& cell, const engine::Sample& sample);
  void redraw();  ///< may be called often; draws when the line is due

 private:
  using Clock = ProgressLine::Clock;

  ProgressLine line_;
  Clock::time_point began_ = Clock::now();
  Clock::time_point ends_{};
  std::string running_;
  std::string last_;
};

}  // namespace writebench::cli
