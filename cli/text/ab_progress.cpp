#include "cli/text/ab_progress.hpp"

#include <fmt/format.h>

namespace writebench::cli {

void AbProgress::round_begins(Stage stage, std::size_t pair, std::size_t of, std::size_t cells) {
  const char* const what = stage == Stage::kWarmUp  ? "warming up"
                           : stage == Stage::kPairs ? "pair"
                                                    : "confirming what is slower: pair";
  show(fmt::format("{} {} of at most {}, {} cells", what, pair, of, cells));
}

void AbProgress::show(std::string line) const {
  if (!terminal_.interactive) return;
  if (line.size() >= terminal_.columns) line.resize(terminal_.columns - 1);
  std::fputs(("\r" + line + "\033[K").c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace writebench::cli
