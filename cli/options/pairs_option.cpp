#include "cli/options/pairs_option.hpp"

#include <fmt/format.h>

#include "cli/options/parse_quantity.hpp"
#include "cli/text/format_quantity.hpp"

namespace writebench::cli {

namespace {

// The looks from the last to the first that a slow cell may end at.
std::string usual() {
  const gate::InterimLooks looks;
  std::string fewer;
  for (const std::size_t pairs : gate::schedule(looks)) {
    if (pairs == looks.pairs || pairs < gate::most_pairs(looks, std::chrono::hours(1), {})) continue;
    fewer = fewer.empty() ? std::to_string(pairs) : fmt::format("{} or {}", pairs, fewer);
  }
  return fmt::format("{}; {} if these take over {}, with syncs over {}", looks.pairs, fewer, typed_time(*looks.time),
                     typed_time(*looks.syncing_time));
}

}  // namespace

void declare_pairs(CLI::App& app, std::optional<std::string>& typed, const char* group) {
  app.add_option("--pairs", typed, "of trials for each cell at most, until it has a verdict")
      ->default_str(usual())
      ->type_name("N")
      ->group(group);
}

gate::InterimLooks parse_pairs(const std::optional<std::string>& typed) {
  if (!typed) return {};
  return {.pairs = parse_count("--pairs", *typed, {.least = 1, .most = 100'000}),
          .time = std::nullopt,
          .syncing_time = std::nullopt};
}

}  // namespace writebench::cli
