#include "cli/text/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/text/format_quantity.hpp"

namespace writebench::cli {

std::string look_text(const engine::Cell& cell) { return cell.id + " on few lines, to see how slow it is"; }

void Progress::look_begins(const engine::Cell& cell) {
  running_ = look_text(cell);
  ends_ = {};
  redraw();
}

void Progress::look_ended(const engine::Cell& cell, std::optional<double> ns_per_line) {
  last_ = fmt::format("; last: {} {}", cell.id,
                      ns_per_line ? format_time_per_line(*ns_per_line) + " a line" : std::string("failed"));
}

void Progress::trial_begins(const engine::Cell& cell, engine::Round::Kind kind, std::chrono::nanoseconds remaining) {
  switch (kind) {
    case engine::Round::Kind::kWarmUp: running_ = fmt::format("{} warming up", cell.id); break;
    case engine::Round::Kind::kStall: running_ = fmt::format("{} timing each append", cell.id); break;
    case engine::Round::Kind::kMeasure: running_ = fmt::format("{} trial {}", cell.id, cell.samples.size() + 1); break;
  }
  ends_ = Clock::now() + remaining;
  redraw();
}

void Progress::trial_ended(const engine::Cell& cell, const engine::Sample& sample) {
  const auto time = sample.time_ns();
  last_ = fmt::format("; last: {} {}", cell.id,
                      time ? format_time(static_cast<double>(*time)) : std::string(engine::to_string(sample.outcome)));
  if (sample.settle_ns) last_ += fmt::format(", settled in {}", format_time(static_cast<double>(*sample.settle_ns)));
}

void Progress::redraw() {
  if (!line_.due()) return;
  const Clock::time_point now = Clock::now();
  const auto seconds = [](Clock::duration duration) {
    return std::max<long>(0, std::chrono::duration_cast<std::chrono::seconds>(duration).count());
  };
  const std::string left_over = ends_ > now ? fmt::format(", about {} s left", seconds(ends_ - now) + 1) : "";
  line_.show(fmt::format("{} s: {}{}{}", seconds(now - began_), running_, left_over, last_));
}

}  // namespace writebench::cli
