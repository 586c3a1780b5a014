#include "cli/options/pairs_option.hpp"

#include "cli/options/parse_quantity.hpp"

namespace writebench::cli {

void declare_pairs(CLI::App& app, std::optional<std::string>& typed, const char* group) {
  app.add_option("--pairs", typed,
                 "of trials for each cell at most, until it has a\nverdict [540; 180 or 60 where these take over 10 s]")
      ->type_name("N")
      ->group(group);
}

gate::InterimLooks parse_pairs(const std::optional<std::string>& typed) {
  if (!typed) return {};
  return {.pairs = parse_count("--pairs", *typed, {.least = 1, .most = 100'000}), .time = std::nullopt};
}

}  // namespace writebench::cli
