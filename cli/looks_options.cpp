#include "cli/looks_options.hpp"

#include "cli/units.hpp"

namespace writebench::cli {

void declare_looks(CLI::App& app, TypedLooks& typed, const char* group) {
  app.add_option("--pairs", typed.pairs, "of trials for each cell at most [540; 180 or 60\nwhere these take over 10 s]")
      ->type_name("N")
      ->group(group);
  app.add_option("--looks", typed.looks,
                 "at the verdicts at most: after all pairs, a third, a\nninth ..; what is decided stops [4]")
      ->type_name("N")
      ->group(group);
}

gate::Looks parse_looks(const TypedLooks& typed) {
  gate::Looks looks;
  if (typed.pairs) {
    looks.pairs = parse_count("--pairs", *typed.pairs, {.least = 1, .most = 100'000});
    looks.time.reset();
  }
  looks.most = parse_count("--looks", typed.looks, {.least = 1});
  return looks;
}

}  // namespace writebench::cli
