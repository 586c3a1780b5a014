#include "cli/commands/complete.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>
#include <stdexcept>
#include <utility>

#include "cli/options/help.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/options.hpp"
#include "cli/options/origin_programs.hpp"
#include "cli/options/run_options.hpp"
#include "cli/options/selection.hpp"
#include "gate/baselines.hpp"
#include "gate/metric.hpp"

namespace writebench::cli {
namespace {

bool takes_value(const CLI::Option& option) { return option.get_expected_min() > 0; }

// What stands before the last word.
struct Position {
  CLI::App* command;
  std::size_t arguments = 0;             // of that command
  CLI::Option* awaits_value = nullptr;   // the last word is the value of this option
  std::vector<CLI::Option*> given = {};  // options that have a value, or are flags, already
  std::string baseline_directory = gate::kBaselineDirectory;
};

class Completion {
 public:
  Completion(CLI::App& app, std::span<const Descriptor> table) : app_(app), table_(table.begin(), table.end()) {
    const std::vector<Descriptor> origin = origin_entries();
    table_.insert(table_.end(), origin.begin(), origin.end());
    passed_on_.set_help_flag();
    declare_work(passed_on_, passed_on_typed_, passed_on_options_);
    declare_trial_options(passed_on_, passed_on_typed_, passed_on_options_);
  }

  std::string of(std::vector<std::string> words) {
    const std::string last = words.empty() ? "" : words.back();
    if (!words.empty()) words.pop_back();
    const Position position = position_after(words);
    const std::size_t equals = last.starts_with("--") ? last.find('=') : last.npos;
    if (position.awaits_value != nullptr) {
      add_values(*position.awaits_value, position, "", last);
    } else if (equals != last.npos) {
      CLI::Option* const option = option_called(*position.command, last.substr(0, equals));
      if (option != nullptr) add_values(*option, position, last.substr(0, equals + 1), last.substr(equals + 1));
    } else if (last.starts_with('-')) {
      add_options(position, last);
    } else {
      add_arguments(position, last);
    }
    return std::move(text_);
  }

 private:
  CLI::App* command_called(const std::string& name) {
    for (CLI::App* command : app_.get_subcommands([](CLI::App*) { return true; })) {
      if (command->get_name() == name) return command;
    }
    return nullptr;
  }

  // An option of the command or, if it passes on what it does not know, of what it passes that to.
  CLI::Option* option_called(CLI::App& command, const std::string& name) {
    CLI::Option* const option = command.get_option_no_throw(name);
    return option != nullptr || !command.get_allow_extras() ? option : passed_on_.get_option_no_throw(name);
  }

  Position position_after(const std::vector<std::string>& words) {
    Position position{.command = &app_};
    for (std::size_t i = 0; i < words.size(); ++i) {
      const std::string& word = words[i];
      if (!word.starts_with('-') || word == "-") {
        CLI::App* const command = position.command == &app_ ? command_called(word) : nullptr;
        if (command != nullptr) {
          position.command = command;
        } else {
          ++position.arguments;
        }
        continue;
      }
      const bool is_long = word.starts_with("--");
      const std::size_t equals = is_long ? word.find('=') : word.npos;
      CLI::Option* const option =
          option_called(*position.command, is_long ? word.substr(0, equals) : word.substr(0, 2));
      if (option == nullptr) continue;
      position.given.push_back(option);
      if (!takes_value(*option)) continue;
      std::string value;
      if (equals != word.npos) {
        value = word.substr(equals + 1);
      } else if (!is_long && word.size() > 2) {
        value = word.substr(2);
      } else if (i + 1 < words.size()) {
        value = words[++i];
      } else {
        position.awaits_value = option;
      }
      if (option->check_name("--baseline-dir") && !value.empty()) position.baseline_directory = value;
    }
    return position;
  }

  void add(const std::string& word, std::string meaning = "") {
    std::replace(meaning.begin(), meaning.end(), '\n', ' ');
    std::replace(meaning.begin(), meaning.end(), '\t', ' ');
    text_ += word + (meaning.empty() ? "" : "\t" + meaning) + "\n";
  }

  void add_if_begun(const std::string& begin, const std::string& word, const std::string& meaning = "") {
    if (word.starts_with(begin)) add(word, meaning);
  }

  void add_options(const Position& position, const std::string& begin) {
    std::vector<CLI::Option*> options = position.command->get_options();
    if (position.command->get_allow_extras()) {
      for (CLI::Option* option : passed_on_.get_options()) {
        if (position.command->get_option_no_throw(option->get_name()) == nullptr) options.push_back(option);
      }
    }
    for (const CLI::Option* option : options) {
      const bool given = std::find(position.given.begin(), position.given.end(), option) != position.given.end();
      if (given && option->get_items_expected_max() <= 1) continue;
      for (const std::string& name : option->get_lnames()) add_if_begun(begin, "--" + name, option->get_description());
    }
  }

  void add_arguments(const Position& position, const std::string& begin) {
    if (position.command == &app_ && position.arguments == 0 && position.given.empty()) add_commands(begin);
    std::size_t left = position.arguments;
    for (CLI::Option* option : position.command->get_options()) {
      if (!option->get_positional() || left-- != 0) continue;
      add_values(*option, position, "", begin);
      return;
    }
  }

  void add_commands(const std::string& begin) {
    for (const CLI::App* command : subcommands_of(app_)) {
      add_if_begun(begin, command->get_name(), command->get_description());
    }
  }

  // `before` is what the shell's word has before the value, such as "--strategy=".
  void add_values(CLI::Option& option, const Position& position, const std::string& before, const std::string& value) {
    const std::optional<Offer> offer = offer_of(option);
    if (!offer) return;
    const std::size_t comma = offer->list ? value.rfind(',') : value.npos;
    const std::string earlier = comma == value.npos ? "" : value.substr(0, comma + 1);
    const std::string begin = value.substr(earlier.size());
    prefix_ = before + earlier;
    switch (offer->kind) {
      case Offer::Kind::kWords:
        for (const std::string& word : offer->words) add_value(begin, word);
        break;
      case Offer::Kind::kStrategies: add_strategies(begin); break;
      case Offer::Kind::kSettings: add_settings(value); break;
      case Offer::Kind::kLimits: add_limits(value); break;
      case Offer::Kind::kSubjects:
        for (const Descriptor& entry : table_) {
          if (entry.role == Role::kStrategy && entry.make != nullptr) add_value(begin, entry.name, entry.summary);
        }
        text_ += ":files .json\n";
        break;
      case Offer::Kind::kReports: text_ += ":files .json\n"; break;
      case Offer::Kind::kOptionFiles: text_ += ":files .toml\n"; break;
      case Offer::Kind::kFiles: text_ += ":files\n"; break;
      case Offer::Kind::kDirectories: text_ += ":directories\n"; break;
      case Offer::Kind::kPrograms: text_ += ":programs\n"; break;
      case Offer::Kind::kCommands: add_commands(begin); break;
      case Offer::Kind::kBaselines: add_baselines(position.baseline_directory, begin); break;
    }
  }

  void add_value(const std::string& begin, const std::string& word, const std::string& meaning = "") {
    if (word.starts_with(begin)) add(prefix_ + word, meaning);
  }

  void add_strategies(const std::string& begin) {
    const std::string out = begin.starts_with('^') ? "^" : "";
    add_value(begin, out + "all", "every strategy that can run here");
    std::set<std::string> families;
    for (const Descriptor& entry : table_) {
      if (families.insert(entry.family).second) {
        add_value(begin, out + word_of_family(entry.family), fmt::format("every strategy of '{}'", entry.family));
      }
      add_value(begin, out + entry.name, entry.summary);
    }
  }

  void add_settings(const std::string& value) {
    const std::size_t dot = value.find('.');
    const std::size_t equals = value.find('=');
    for (const Descriptor& entry : table_) {
      if (entry.options.empty() || entry.make == nullptr) continue;
      if (dot == value.npos) {
        add_value(value, entry.name + ".", entry.summary);
      } else if (value.substr(0, dot) == entry.name) {
        for (const Option* option : entry.options) {
          const std::string name = fmt::format("{}.{}=", entry.name, option->name);
          if (equals == value.npos) {
            add_value(value, name, std::string(option->summary));
          } else if (value.starts_with(name)) {
            for (const std::string_view word : option->words) add_value(value, name + std::string(word));
          }
        }
      }
    }
  }

  void add_limits(const std::string& value) {
    for (const Descriptor& entry : table_) {
      const std::string name = entry.name + ".";
      if (value.find('.') == value.npos) {
        add_value(value, name, entry.summary);
      } else if (value.starts_with(name)) {
        for (const gate::Metric& metric : gate::metrics()) {
          add_value(value, fmt::format("{}{}=", name, metric.name), std::string(metric.summary));
        }
      }
    }
  }

  void add_baselines(const std::string& directory, const std::string& begin) {
    try {
      for (const std::string& name : gate::Baselines(directory).names()) add_value(begin, name);
    } catch (const std::runtime_error&) {  // there is nobody to tell
    }
  }

  CLI::App& app_;
  std::vector<Descriptor> table_;
  // What `ab` and `calibrate` pass on to the programs that they start.
  CLI::App passed_on_;
  TypedRun passed_on_typed_;
  Options passed_on_options_;
  std::string prefix_;
  std::string text_;
};

}  // namespace

std::string completions(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& words) {
  return Completion(app, table).of(words);
}

}  // namespace writebench::cli
