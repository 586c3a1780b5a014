#include "cli/options/parse_errors.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/help.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

// What `typed` may have been meant for: an option if it looks like one.
std::vector<std::string> known_words(const CLI::App& app, const std::string& typed) {
  std::vector<std::string> words;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  if (typed.starts_with('-')) return words;
  for (const CLI::App* subcommand : subcommands_of(app)) words.push_back(subcommand->get_name());
  return words;
}

// Another command than `inner` that has this option; empty if there is none.
std::string command_that_has(const std::string& option, const CLI::App& inner, const CLI::App& app) {
  if (!option.starts_with('-')) return "";
  std::vector<const CLI::App*> commands = subcommands_of(app);
  commands.insert(commands.begin(), &app);
  for (const CLI::App* command : commands) {
    if (command != &inner && command->get_option_no_throw(option) != nullptr) return command_of(*command);
  }
  return "";
}

// Whether it was asked to print a report that --out would write to a file.
bool prints_json(const CLI::App& command) {
  const CLI::Option* const json = command.get_option_no_throw("--json");
  return json != nullptr && json->count() > 0 && command.get_option_no_throw("--out") != nullptr;
}

// What CLI11 says of options that are known, in our words.
std::string in_our_words(const CLI::ParseError& error) {
  std::string text = error.what();
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    const std::string name = text.substr(0, text.find(':'));
    return name + (text.find("At Most") == std::string::npos ? " needs a value" : " stands more than once");
  }
  constexpr std::string_view kConverting = "Could not convert: ";
  if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr && text.starts_with(kConverting)) {
    const std::string name = text.substr(kConverting.size(), text.find(" =") - kConverting.size());
    return name + " takes no value";  // the program converts all values itself, but not those of flags
  }
  return text;
}

}  // namespace

void explain(const CLI::App& app, const CLI::ParseError& error) {
  const bool top = app.get_subcommands().empty();
  const CLI::App& inner = top ? app : *app.get_subcommands().front();
  const std::string command = command_of(inner);
  // What is required may be missing only because its name is mistyped.
  const auto extras = app.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr ||
      (dynamic_cast<const CLI::RequiredError*>(&error) != nullptr && !extras.empty())) {
    const std::string extra = extras.empty() ? "" : extras.front();
    const std::string name = extra.substr(0, extra.find('='));
    const bool is_file = !name.starts_with('-') && name.find_first_of("./") != std::string::npos;
    if (is_file && prints_json(inner)) {
      throw UsageError(
          fmt::format("'{}' is one argument too many for {}; --json prints, and --out names a file", extra, command));
    }
    if (!top && !name.starts_with('-')) {
      throw UsageError(fmt::format("'{}' is one argument too many for {}; '{} --help' shows what it takes", extra,
                                   command, command));
    }
    if (const std::string owner = command_that_has(name, inner, app); !owner.empty()) {
      throw UsageError(fmt::format("'{}' is not an option of {}; it belongs to {}", name, command, owner));
    }
    const std::string advice = did_you_mean(name, known_words(inner, name));
    throw UsageError(fmt::format("'{}' is not {} of {}{}", name, name.starts_with('-') ? "an option" : "a command",
                                 command,
                                 advice.empty() ? fmt::format("; '{} --help' shows them all", command) : advice));
  }
  const std::string words = in_our_words(error);
  if (words == "--json takes no value" && inner.get_option_no_throw("--out") != nullptr) {
    throw UsageError(words + "; --out names a file");
  }
  throw UsageError(fmt::format("{}; '{} --help' shows how to use it", words, command));
}

void refuse_run_options(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->count() == 0) continue;
    throw UsageError(fmt::format("{} belongs to a run; the options of {} follow its name", option->get_name(),
                                 command_of(*app.get_subcommands().front())));
  }
}

void refuse_empty_values(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_expected_min() == 0) continue;  // a flag
    for (const std::string& value : option->results()) {
      if (!value.empty()) continue;
      throw UsageError(fmt::format("{} '' is empty; give a value or leave the option out",
                                   option->get_name(option->get_positional())));
    }
  }
  for (const CLI::App* command : app.get_subcommands()) refuse_empty_values(*command);
}

}  // namespace writebench::cli
