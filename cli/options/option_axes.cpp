#include "cli/options/option_axes.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <set>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/offer.hpp"
#include "cli/options/parse_quantity.hpp"
#include "cli/options/parse_word.hpp"
#include "cli/options/sweep.hpp"
#include "cli/options/usage_error.hpp"
#include "engine/machine/environment.hpp"

namespace writebench::cli {
namespace {

const char* type_name(Option::Kind kind) {
  switch (kind) {
    case Option::Kind::kCount: return "N";
    case Option::Kind::kBytes: return "B";
    case Option::Kind::kNanoseconds: return "TIME";
    case Option::Kind::kWord: return "WORD";
  }
  return "";
}

std::vector<std::uint64_t> parse_words(const Option& option, const std::string& typed_as, const std::string& text) {
  const std::vector<std::string> words(option.words.begin(), option.words.end());
  std::vector<std::uint64_t> values;
  for (const std::string& part : parse_list(typed_as, text)) values.push_back(parse_word(typed_as, part, words));
  return values;
}

// `typed_as` is what the user wrote before the values, for complaints.
std::vector<std::uint64_t> parse_values(const Option& option, const std::string& typed_as, const std::string& text) {
  const Bounds bounds{.least = option.min, .most = option.max};
  switch (option.kind) {
    case Option::Kind::kWord: return parse_words(option, typed_as, text);
    case Option::Kind::kCount:
      return parse_sweep(typed_as, text, [&](auto name, auto number) { return parse_count(name, number, bounds); });
    case Option::Kind::kBytes:
      return parse_sweep(typed_as, text, [&](auto name, auto number) { return parse_size(name, number, bounds); });
    case Option::Kind::kNanoseconds:
      return parse_sweep(typed_as, text, [&](auto name, auto number) {
        const auto ns = static_cast<std::uint64_t>(parse_time(name, number).count());
        if (ns < option.min || ns > option.max) {
          throw UsageError(fmt::format("{} '{}' must be from {} to {}", name, number, option_text(option, option.min),
                                       option_text(option, option.max)));
        }
        return ns;
      });
  }
  return {};
}

Axis axis_of(const Option& option, const std::vector<std::uint64_t>& values) {
  Axis axis{.name = std::string(option.name), .values = {}, .used = {}};
  for (const std::uint64_t value : values) {
    axis.values.push_back(
        {option_text(option, value), [&option, value](engine::CellSpec& cell) { cell.parameters.set(option, value); }});
  }
  return axis;
}

// The object of that name which the strategy lists; null if it lists none.
const Option* listed_by(const Descriptor& strategy, std::string_view name) {
  const auto found = std::find_if(strategy.options.begin(), strategy.options.end(),
                                  [&](const Option* option) { return option->name == name; });
  return found == strategy.options.end() ? nullptr : *found;
}

// What --set names.
struct Setting {
  std::string strategy;
  const Option* option;
  std::vector<std::uint64_t> values;
};

Setting parse_setting(const std::string& text, std::span<const Descriptor> strategies) {
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.find('.');
  if (equals == text.npos || dot == text.npos || dot > equals) {
    throw UsageError(fmt::format("--set '{}' is not of the form STRATEGY.OPTION=VALUE", text));
  }
  const std::string name = text.substr(0, dot);
  const std::string option_name = text.substr(dot + 1, equals - dot - 1);
  std::vector<std::string> names, options;
  for (const Descriptor& strategy : strategies) {
    names.push_back(strategy.name);
    if (strategy.name != name) continue;
    for (const Option* option : strategy.options) {
      options.emplace_back(option->name);
      if (option->name == option_name) {
        return {name, option, parse_values(*option, "--set " + text.substr(0, equals), text.substr(equals + 1))};
      }
    }
    if (options.empty()) throw UsageError(fmt::format("--set '{}': {} has no options", text, name));
    throw UsageError(fmt::format("--set '{}': {} has no option '{}'; it has {}{}", text, name, option_name,
                                 fmt::join(options, ", "), did_you_mean(option_name, options)));
  }
  const std::string advice = did_you_mean(name, names);
  throw UsageError(fmt::format("--set '{}': '{}' is not a strategy that runs here{}", text, name,
                               advice.empty() ? "; name one that --strategy chooses" : advice));
}

}  // namespace

std::uint64_t usual_value(const Option& option) {
  if (!option.usual_per_processor) return option.usual;
  return std::clamp<std::uint64_t>(engine::available_cpus(), option.usual, option.max);
}

std::string option_text(const Option& option, std::uint64_t value) {
  switch (option.kind) {
    case Option::Kind::kCount: return std::to_string(value);
    case Option::Kind::kBytes: return size_text(value);
    case Option::Kind::kNanoseconds: return time_text(value);
    case Option::Kind::kWord: return std::string(option.words[value]);
  }
  return "";
}

void declare_strategy_options(CLI::App& app, TypedOptions& typed, const std::string& group) {
  for (std::size_t i = 0; i < kSharedOptions.size(); ++i) {
    const Option& option = *kSharedOptions[i];
    const std::string letter = option.letter != 0 ? fmt::format("-{},", option.letter) : "";
    std::string usual = option_text(option, option.usual);
    if (option.usual_per_processor) usual = "one per processor, at least " + usual;
    if (option.name == kBlocksInFlight.name) usual += fmt::format(" lines, {} blocks", kBlocksInFlight.usual);
    app.add_option(fmt::format("{}--{}", letter, option.name), typed.shared[i],
                   fmt::format("{} [{}]", option.summary, usual))
        ->check(offers_list_of({option.words.begin(), option.words.end()}))
        ->type_name(type_name(option.kind))
        ->group(group);
  }
  app.add_option("--set", typed.set, "an option of one strategy alone; 'writebench list' names them; may stand again")
      ->allow_extra_args(false)
      ->check(offers(Offer::Kind::kSettings))
      ->type_name("NAME.OPTION=VALUE")
      ->group(group);
}

std::vector<Axis> option_axes(const TypedOptions& typed, std::span<const Descriptor> strategies) {
  std::vector<Setting> settings;
  for (const std::string& text : typed.set) {
    settings.push_back(parse_setting(text, strategies));
    const Setting& last = settings.back();
    if (std::count_if(settings.begin(), settings.end(), [&](const Setting& other) {
          return other.strategy == last.strategy && other.option->name == last.option->name;
        }) > 1) {
      throw UsageError(fmt::format("--set '{}' sets what an earlier --set does; give all values in one", text));
    }
  }
  std::vector<const Option*> options(kSharedOptions.begin(), kSharedOptions.end());
  std::set<std::string_view> known;
  for (const Option* option : options) known.insert(option->name);
  for (const Descriptor& strategy : strategies) {
    for (const Option* option : strategy.options) {
      if (known.insert(option->name).second) options.push_back(option);
    }
  }
  std::vector<Axis> axes;
  std::vector<Axis> axes_of_other_defaults;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const Option& option = *options[i];
    const auto takes_it = [&option, settings](const Descriptor& strategy) {
      return strategy.lists(option) && std::none_of(settings.begin(), settings.end(), [&](const Setting& setting) {
               return setting.strategy == strategy.name && setting.option->name == option.name;
             });
    };
    if (i < typed.shared.size() && typed.shared[i]) {
      axes.push_back(axis_of(option, parse_values(option, fmt::format("--{}", option.name), *typed.shared[i])));
      axes.back().used = takes_it;
      continue;
    }
    const auto with_default = [&](std::uint64_t value) {
      Axis axis = axis_of(option, {value});
      axis.used = [&option, takes_it, value](const Descriptor& strategy) {
        return takes_it(strategy) && usual_value(*listed_by(strategy, option.name)) == value;
      };
      return axis;
    };
    std::set<std::uint64_t> defaults{usual_value(option)};
    axes.push_back(with_default(usual_value(option)));
    for (const Descriptor& strategy : strategies) {
      const Option* const own = listed_by(strategy, option.name);
      if (own == nullptr || !defaults.insert(usual_value(*own)).second) continue;
      axes_of_other_defaults.push_back(with_default(usual_value(*own)));
    }
  }
  axes.insert(axes.end(), axes_of_other_defaults.begin(), axes_of_other_defaults.end());
  for (const Setting& setting : settings) {
    Axis axis = axis_of(*setting.option, setting.values);
    axis.used = [name = setting.strategy](const Descriptor& strategy) { return strategy.name == name; };
    axes.push_back(std::move(axis));
  }
  return axes;
}

std::vector<WithoutEffect> without_effect(const TypedOptions& typed, std::span<const Descriptor> chosen,
                                          std::span<const Descriptor> run, const std::vector<Axis>& axes) {
  std::vector<WithoutEffect> found;
  for (std::size_t i = 0; i < typed.shared.size(); ++i) {
    const auto& takes_it = axes[i].used;
    if (!typed.shared[i] || std::any_of(chosen.begin(), chosen.end(), takes_it)) continue;
    const Option& option = *kSharedOptions[i];
    std::string reason = "because no chosen strategy has this option";
    if (std::any_of(chosen.begin(), chosen.end(), [&](const Descriptor& strategy) { return strategy.lists(option); })) {
      reason = "because --set says it for every strategy that has it";
    } else if (const auto other = std::find_if(run.begin(), run.end(), takes_it); other != run.end()) {
      reason = "on the chosen strategies, only on " + other->name;
    }
    found.push_back({std::string(option.name), std::move(reason)});
  }
  return found;
}

}  // namespace writebench::cli
