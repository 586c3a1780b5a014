#include "cli/text/progress_line.hpp"

#include "cli/text/wrap.hpp"
#include "engine/process/end_actions.hpp"

namespace writebench::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{60};
constexpr const char* kEraseLine = "\r\033[K";

}  // namespace

ProgressLine::~ProgressLine() {
  if (!drawn_ || !terminal_.rewritable) return;
  engine::restore_terminal_at_end(nullptr);
  std::fputs(kEraseLine, stream_);
  std::fflush(stream_);
}

bool ProgressLine::due() const {
  if (quiet_) return false;
  if (!terminal_.rewritable) return Clock::now() - last_ >= plain_line_;
  return !drawn_ || Clock::now() - last_ >= kRedraw;
}

void ProgressLine::show(const std::string& line) {
  if (quiet_) return;
  drawn_ = true;
  if (terminal_.rewritable) engine::restore_terminal_at_end(kEraseLine);
  last_ = Clock::now();
  const std::string text = printable(line);
  std::fputs(
      (terminal_.rewritable ? "\r" + cut_after_a_word(text, terminal_.columns - 1) + "\033[K" : text + "\n").c_str(),
      stream_);
  std::fflush(stream_);
}

}  // namespace writebench::cli
