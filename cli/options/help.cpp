#include "cli/options/help.hpp"

namespace writebench::cli {
namespace {

std::string positionals_of(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) names.append(" ").append(option->get_name(true));
  }
  return names;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  HelpFormatter() { column_width(28); }
  std::string make_option_opts(const CLI::Option* option) const override {
    return option->get_type_name().empty() ? "" : " " + option->get_type_name();
  }
  std::string make_usage(const CLI::App* app, std::string) const override {
    std::string usage = "Usage: " + command_of(*app) + " [options]" + positionals_of(*app) + "\n";
    for (const CLI::App* command : subcommands_of(*app)) {
      usage += "       " + command_of(*command) + " [options]" + positionals_of(*command) + "\n";
    }
    return usage;
  }
};

}  // namespace

std::string command_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? "writebench" : "writebench " + app.get_name();
}

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<HelpFormatter>(); }

}  // namespace writebench::cli
