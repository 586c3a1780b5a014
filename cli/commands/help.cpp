#include "cli/commands/help.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/help.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/usage_error.hpp"
#include "cli/text/print.hpp"

namespace writebench::cli {
namespace {

std::string help_on(const CLI::App& app, const std::string& name) {
  // Not app.help(), which is that of the command being parsed: `help` itself.
  if (name.empty()) return app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal);
  std::vector<std::string> names;
  for (const CLI::App* command : subcommands_of(app)) {
    if (command->get_name() == name) return command->help();
    names.push_back(command->get_name());
  }
  const std::string advice = did_you_mean(name, names);
  throw UsageError(fmt::format("'{}' is not a command of writebench{}", name,
                               advice.empty() ? "; 'writebench help' shows them all" : advice));
}

}  // namespace

void declare_help(CLI::App& app, std::function<int()>& action) {
  CLI::App* const command = app.add_subcommand("help", "what a command does and takes");
  const auto name = std::make_shared<std::string>();
  command->add_option("COMMAND", *name, "which; without it, the program itself")
      ->check(offers(Offer::Kind::kCommands))
      ->type_name("");
  command->callback([&app, &action, name] {
    action = [text = help_on(app, *name)] {  // the declarations end with the parsing
      print_text(stdout, text);
      return 0;
    };
  });
}

}  // namespace writebench::cli
