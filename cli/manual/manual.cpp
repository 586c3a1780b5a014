#include "cli/manual/manual.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "cli/options/exit_status.hpp"
#include "cli/options/help.hpp"
#include "cli/options/option_axes.hpp"
#include "cli/options/origin_programs.hpp"
#include "cli/options/selection.hpp"
#include "cli/options/suites.hpp"

namespace writebench::cli {
namespace {

// Text that groff shows as it is: no escapes, no requests, and hyphens that can be copied into a shell.
std::string shown(std::string_view text) {
  std::string out;
  bool begins_line = true;
  for (const char character : text) {
    if (begins_line && (character == '.' || character == '\'')) out += "\\&";
    begins_line = character == '\n';
    if (character == '\\') {
      out += "\\e";
    } else if (character == '-') {
      out += "\\-";
    } else {
      out += character;
    }
  }
  return out;
}

// Within quotation marks, as the argument of a request.
std::string in_quotes(std::string_view text) {
  std::string out = shown(text);
  for (std::size_t at = 0; (at = out.find('"', at)) != out.npos; at += 4) out.replace(at, 1, "\\(dq");
  return "\"" + out + "\"";
}

std::string section(std::string_view title) { return fmt::format(".SH {}\n", in_quotes(title)); }

// A term and what it means; each line of the meaning stays one.
std::string entry(const std::string& term, const std::string& meaning) {
  std::string text;
  for (std::size_t begin = 0; begin <= meaning.size();) {
    const std::size_t end = std::min(meaning.find('\n', begin), meaning.size());
    text += (begin == 0 ? "" : ".br\n") + shown(std::string_view(meaning).substr(begin, end - begin)) + "\n";
    begin = end + 1;
  }
  return fmt::format(".TP\n.B {}\n{}", in_quotes(term), text);
}

std::string page_of(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : app.get_parent()->get_name() + "-" + app.get_name();
}

std::string synopsis_of(const CLI::App& app) {
  return fmt::format(".B {}\n[\\fIoptions\\fR]{}\n", shown(command_of(app)), shown(arguments_of(app)));
}

std::string sentence(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text.ends_with('.') ? text : text + ".";
}

// What stands in a list of pages, after the name.
std::string summary_of(const CLI::App& app) {
  std::string text = app.get_description();
  if (!text.empty()) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

std::string options_of(const CLI::App& app) {
  std::string text;
  for (const std::string& group : app.get_groups()) {
    std::string entries;
    for (const CLI::Option* option : app.get_options()) {
      if (option->get_group() == group && !option->get_positional()) {
        entries += entry(names_of(*option), meaning_of(*option));
      }
    }
    if (group.empty() || entries.empty()) continue;
    text += (group == "Options" ? "" : fmt::format(".SS {}\n", in_quotes(group))) + entries;
  }
  return text.empty() ? "" : section("OPTIONS") + text;
}

std::string arguments_section(const CLI::App& app) {
  std::string text;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) text += entry(names_of(*option), meaning_of(*option));
  }
  return text.empty() ? "" : section("ARGUMENTS") + text;
}

std::string bounds_of(const Option& option) {
  if (option.kind == Option::Kind::kWord) {
    std::string words;
    for (const std::string_view word : option.words) words += (words.empty() ? "" : ", ") + std::string(word);
    return words;
  }
  return fmt::format("{} to {}", option_text(option, option.min), option_text(option, option.max));
}

// The strategies, family by family, each with the options that are its own.
std::string strategies_of(std::span<const Descriptor> table) {
  std::vector<std::string_view> families;
  for (const Descriptor& entry : table) {
    if (std::find(families.begin(), families.end(), entry.family) == families.end()) families.push_back(entry.family);
  }
  const auto is_shared = [](const Option& option) {
    return std::any_of(kSharedOptions.begin(), kSharedOptions.end(),
                       [&](const Option* known) { return known->name == option.name; });
  };
  std::string text;
  for (const std::string_view family : families) {
    text += fmt::format(".SS {}\n", in_quotes(word_of_family(family)));
    for (const Descriptor& strategy : table) {
      if (strategy.family != family) continue;
      text += entry(strategy.name, sentence(strategy.summary));
      for (const Option* option : strategy.options) {
        if (is_shared(*option)) continue;
        text += fmt::format(".br\n{}\n",
                            shown(fmt::format("--set {}.{}: {}; {} [{}]", strategy.name, option->name, option->summary,
                                              bounds_of(*option), option_text(*option, option->usual))));
      }
    }
  }
  return section("STRATEGIES") + shown("These are what --strategy takes, by the names of their families.\n") + text;
}

std::string suites_section() {
  std::string text;
  for (const Suite& suite : suites()) text += entry(std::string(suite.name), std::string(suite.purpose));
  return section("SUITES") + shown("These are what --suite takes.\n") + text;
}

std::string exit_status_section() {
  std::string text;
  for (const auto& [number, meaning] : exit_statuses()) text += entry(number, sentence(meaning));
  return section("EXIT STATUS") + text;
}

std::string see_also(const std::vector<const CLI::App*>& pages, const CLI::App& self) {
  std::string text;
  for (const CLI::App* page : pages) {
    if (page == &self) continue;
    text += fmt::format("{}.BR {} (1)", text.empty() ? "" : ",\n", shown(page_of(*page)));
  }
  return section("SEE ALSO") + text + "\n";
}

}  // namespace

std::vector<ManualPage> manual(const CLI::App& app, std::span<const Descriptor> table, const std::string& version) {
  std::vector<const CLI::App*> commands = subcommands_of(app);
  std::vector<const CLI::App*> all = commands;
  all.insert(all.begin(), &app);
  std::vector<Descriptor> strategies(table.begin(), table.end());
  const std::vector<Descriptor> origin = origin_entries();
  strategies.insert(strategies.end(), origin.begin(), origin.end());

  std::vector<ManualPage> pages;
  for (const CLI::App* of : all) {
    const bool is_program = of == &app;
    const std::string name = page_of(*of);
    std::string title = name;
    std::transform(title.begin(), title.end(), title.begin(),
                   [](unsigned char character) { return static_cast<char>(std::toupper(character)); });
    std::string text = fmt::format(".TH {} 1 \"\" {} \"User Commands\"\n", in_quotes(title), in_quotes(version));
    text += section("NAME") + fmt::format("{} \\- {}\n", shown(name), shown(summary_of(*of)));
    text += section("SYNOPSIS") + synopsis_of(*of);
    if (is_program) {
      for (const CLI::App* command : commands) text += ".br\n" + synopsis_of(*command);
    }
    text += section("DESCRIPTION") + shown(sentence(of->get_description())) + "\n";
    if (is_program) {
      text += shown("Without a command it is a run: the options are those of 'writebench run'.\n");
      text += section("COMMANDS");
      for (const CLI::App* command : commands) text += entry(command->get_name(), sentence(command->get_description()));
    }
    text += arguments_section(*of) + options_of(*of);
    if (of->get_allow_extras()) {
      text += ".PP\n" + shown("Options of 'writebench trial' that say what is written, and how, are passed on.\n");
    }
    text += section("QUANTITIES") + shown(kQuantities) + "\n";
    if (is_program) text += strategies_of(strategies) + suites_section();
    text += exit_status_section() + see_also(all, *of);
    pages.push_back({name, text});
  }
  return pages;
}

}  // namespace writebench::cli
