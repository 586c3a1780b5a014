#include "cli/options/baseline_directory_option.hpp"

#include <CLI/CLI.hpp>

#include "cli/options/offer.hpp"

namespace writebench::cli {

void declare_baseline_directory(CLI::App& app, std::string& directory, const std::string& summary, const char* group) {
  app.add_option("--baseline-dir", directory, summary)
      ->check(offers(Offer::Kind::kDirectories))
      ->type_name("DIR")
      ->group(group);
}

}  // namespace writebench::cli
