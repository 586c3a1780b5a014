#include "cli/options/help.hpp"

#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

constexpr std::size_t kHelpColumns = 80;
constexpr std::size_t kNames = 27;  // columns of the names, at the left

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

// A list that has a default is shown without CLI11's brackets, since ours follow.
std::string default_of(const CLI::Option& option) {
  std::string text = option.get_default_str();
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  return text;
}

class HelpFormatter final : public CLI::Formatter {
 public:
  std::string make_option(const CLI::Option* option, bool) const override {
    return entry(names_of(*option), meaning_of(*option));
  }
  std::string make_usage(const CLI::App* app, std::string) const override {
    std::string usage = "Usage: " + command_of(*app) + " [options]" + arguments_of(*app) + "\n";
    for (const CLI::App* command : subcommands_of(*app)) {
      usage += "       " + command_of(*command) + " [options]" + arguments_of(*command) + "\n";
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

std::string arguments_of(const CLI::App& app) {
  std::string names;
  for (const CLI::Option* option : app.get_options()) {
    if (!option->get_positional()) continue;
    const std::string name = option->get_name(true);
    names += " " + (option->get_required() ? name : "[" + name + "]");
  }
  return names;
}

std::string command_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? "writebench" : "writebench " + app.get_name();
}

std::vector<const CLI::App*> subcommands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string names_of(const CLI::Option& option) {
  std::string names = option.get_positional() ? option.get_name(true) : "";
  for (const std::string& name : option.get_snames()) names += (names.empty() ? "-" : ",-") + name;
  for (const std::string& name : option.get_lnames()) names += (names.empty() ? "--" : ",--") + name;
  return option.get_type_name().empty() ? names : names + " " + option.get_type_name();
}

std::string meaning_of(const CLI::Option& option) {
  const std::string& text = option.get_description();
  const std::string usual = default_of(option);
  // A description that ends in brackets says itself what holds by default.
  return usual.empty() || text.ends_with(']') ? text : text + " [" + usual + "]";
}

std::shared_ptr<CLI::FormatterBase> help_formatter() { return std::make_shared<HelpFormatter>(); }

}  // namespace writebench::cli
