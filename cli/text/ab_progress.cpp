#include "cli/text/ab_progress.hpp"

#include <fmt/format.h>

namespace writebench::cli {

void AbProgress::round_begins(Stage stage, std::size_t pair, std::size_t of, std::size_t cells) {
  if (!line_.due()) return;
  const char* const what = stage == Stage::kWarmUp  ? "warming up"
                           : stage == Stage::kPairs ? "pair"
                                                    : "confirming what is slower: pair";
  line_.show(fmt::format("{} {} of at most {}, {} cells", what, pair, of, cells));
}

}  // namespace writebench::cli
