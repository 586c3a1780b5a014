#include "cli/commands/clean.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/options/exit_status.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/leftover_text.hpp"
#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"
#include "engine/trial/leftovers.hpp"
#include "writebench/errors.hpp"

namespace writebench::cli {
namespace {

struct TypedClean {
  std::string directory = ".";
  bool dry_run = false;
};

engine::Leftovers leftovers_of(const TypedClean& typed) {
  try {
    return engine::leftovers_in(typed.directory, typed.dry_run ? engine::Removal::kListOnly : engine::Removal::kRemove);
  } catch (const IoError& error) {
    throw UsageError(
        fmt::format("--dir '{}' cannot be read: {}; name another", typed.directory, error.code().message()));
  }
}

int clean(const TypedClean& typed) {
  const engine::Leftovers leftovers = leftovers_of(typed);
  for (const engine::Leftover& leftover : leftovers.found) {
    const std::string origin = leftover.origin.empty() ? "" : fmt::format(" ({})", leftover.origin);
    print_text(stdout, on_one_line(fmt::format("{} {}{}", typed.dry_run ? "would remove" : "removed",
                                               leftover_text(leftover), origin)));
  }
  bool failed = false;
  for (const engine::LeftAlone& alone : leftovers.alone) {
    print_text(stdout, on_one_line(fmt::format("left {}: {}", alone.path, alone.reason)));
    failed = failed || alone.failed;
  }
  if (leftovers.found.empty() && leftovers.alone.empty()) {
    print_text(stdout, on_one_line(fmt::format("no killed run has left anything in '{}'", typed.directory)));
  }
  return status(failed ? ExitStatus::kFailed : ExitStatus::kFine);
}

}  // namespace

void declare_clean(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("clean", "removes what killed runs have left in a directory");
  const auto typed = std::make_shared<TypedClean>();
  command->add_option("-d,--dir", typed->directory, "where it is looked for, not below")
      ->check(offers(Offer::Kind::kDirectories))
      ->type_name("DIR");
  command->add_flag("--dry-run", typed->dry_run, "only say what would be removed");
  command->callback([=, &action] { action = [=] { return clean(*typed); }; });
}

}  // namespace writebench::cli
