#include "cli/options/help.hpp"

#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

constexpr std::size_t kHelpColumns = 80;
constexpr std::size_t kNames = 27;  // columns of the names, at the left

std::string positionals_of(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) names.append(" ").append(option->get_name(true));
  }
  return names;
}

// A name and what it means, whose lines are wrapped one by one.
std::string entry(const std::string& name, const std::string& text) {
  std::string head = "  " + name;
  std::string out;
  if (width(head) >= kNames) {
    out = head + "\n";
    head.clear();
  }
  head = left(head, kNames) + " ";
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    out += wrapped(head, text.substr(begin, end - begin), kHelpColumns) + "\n";
    head.assign(head.size(), ' ');
    begin = end + 1;
  }
  return out;
}

// The names by commas without spaces, as people type them.
std::string names_of(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) names += (names.empty() ? "-" : ",-") + name;
  for (const std::string& name : option.get_lnames()) names += (names.empty() ? "--" : ",--") + name;
  return names;
}

// A list that has a default is shown without CLI11's brackets, since ours follow.
std::string default_of(const CLI::Option& option) {
  std::string text = option.get_default_str();
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  return text;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool positional) const override {
    std::string name = positional ? option->get_name(true) : names_of(*option);
    if (!option->get_type_name().empty()) name += " " + option->get_type_name();
    std::string text = option->get_description();
    // A description that ends in brackets says itself what holds by default.
    if (const std::string usual = default_of(*option); !usual.empty() && !text.ends_with(']')) {
      text += " [" + usual + "]";
    }
    return entry(name, text);
  }
  std::string make_usage(const CLI::App* app, std::string) const override {
    std::string usage = "Usage: " + command_of(*app) + " [options]" + positionals_of(*app) + "\n";
    for (const CLI::App* command : subcommands_of(*app)) {
      usage += "       " + command_of(*command) + " [options]" + positionals_of(*command) + "\n";
    }
    return usage;
  }
  std::string make_description(const CLI::App* app) const override {
    return wrapped("", app->get_description(), kHelpColumns) + "\n";
  }
  std::string make_subcommand(const CLI::App* command) const override {
    return entry(command->get_name(), command->get_description());
  }
  std::string make_footer(const CLI::App* app) const override {
    std::string out;
    const std::string text = app->get_footer();
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = std::min(text.find('\n', begin), text.size());
      out += wrapped("", text.substr(begin, end - begin), kHelpColumns) + "\n";
      begin = end + 1;
    }
    return out;
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
