#include "cli/options/selection.hpp"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/origin_programs.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {
namespace {

// A rung is for explanations, and the programs of the origin case take long: only their names or that of their family
// choose them.
bool is_on_request(const Descriptor& strategy) {
  return strategy.role == Role::kRung || strategy.family == kOriginFamily;
}

bool matches(const Descriptor& strategy, const std::string& selector) {
  if (strategy.name == selector) return true;
  if (is_on_request(strategy)) return word_of_family(strategy.family) == selector;
  if (selector == "all" || strategy.family == selector || word_of_family(strategy.family) == selector) return true;
  return ::fnmatch(selector.c_str(), std::string(strategy.name).c_str(), 0) == 0;
}

[[noreturn]] void refuse(std::span<const Descriptor> table, const std::string& selector) {
  std::vector<std::string> known{"all"};
  for (const Descriptor& strategy : table) {
    known.emplace_back(strategy.name);
    if (std::string family = word_of_family(strategy.family);
        known.end() == std::find(known.begin(), known.end(), family)) {
      known.push_back(std::move(family));
    }
  }
  const std::string advice = did_you_mean(selector, known);
  throw UsageError(fmt::format("--strategy '{}' is no strategy, family or pattern that matches one{}", selector,
                               advice.empty() ? "; 'writebench list' shows them all" : advice));
}

}  // namespace

std::string word_of_family(std::string_view family) {
  std::string name(family);
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::vector<Descriptor> select(std::span<const Descriptor> table, const std::vector<std::string>& selectors) {
  std::vector<std::size_t> times(table.size(), 0);
  const bool only_exclusions =
      std::all_of(selectors.begin(), selectors.end(), [](const std::string& s) { return s.starts_with('^'); });
  if (only_exclusions) {
    for (std::size_t i = 0; i < table.size(); ++i) times[i] = is_on_request(table[i]) ? 0 : 1;
  }
  for (const bool excluding : {false, true}) {
    for (const std::string& selector : selectors) {
      if (selector.starts_with('^') != excluding) continue;
      const std::string name = selector.substr(excluding ? 1 : 0);
      bool matched = false;
      for (std::size_t i = 0; i < table.size(); ++i) {
        if (!matches(table[i], name)) continue;
        matched = true;
        if (excluding) {
          times[i] = 0;
        } else {
          times[i] = table[i].name == name ? times[i] + 1 : std::max<std::size_t>(times[i], 1);
        }
      }
      if (!matched) refuse(table, name);
    }
  }
  std::vector<Descriptor> selected;
  for (std::size_t i = 0; i < table.size(); ++i) selected.insert(selected.end(), times[i], table[i]);
  if (selected.empty()) throw UsageError("--strategy leaves no strategy to run; take out fewer");
  return selected;
}

namespace {

// Those that `wanted` names and that were neither selected nor taken out.
template <class Wanted>
std::vector<Descriptor> missing(const std::vector<Descriptor>& selected, std::span<const Descriptor> table,
                                const std::vector<std::string>& selectors, Wanted wanted) {
  const auto excluded = [&](const Descriptor& strategy) {
    return std::any_of(selectors.begin(), selectors.end(), [&](const std::string& selector) {
      return selector.starts_with('^') && matches(strategy, selector.substr(1));
    });
  };
  std::vector<Descriptor> found;
  for (const Descriptor& strategy : table) {
    const bool present = std::any_of(selected.begin(), selected.end(),
                                     [&](const Descriptor& other) { return other.name == strategy.name; });
    if (wanted(strategy) && !present && !excluded(strategy)) found.push_back(strategy);
  }
  return found;
}

}  // namespace

std::vector<Descriptor> with_controls(std::vector<Descriptor> selected, std::span<const Descriptor> table,
                                      const std::vector<std::string>& selectors) {
  const std::vector<Descriptor> controls =
      missing(selected, table, selectors, [](const Descriptor& strategy) { return strategy.role == Role::kControl; });
  selected.insert(selected.begin(), controls.begin(), controls.end());
  return selected;
}

std::vector<Descriptor> with_family(std::vector<Descriptor> selected, std::span<const Descriptor> table,
                                    const std::vector<std::string>& selectors, std::string_view family) {
  const std::vector<Descriptor> members =
      missing(selected, table, selectors, [&](const Descriptor& strategy) { return strategy.family == family; });
  selected.insert(selected.end(), members.begin(), members.end());
  return selected;
}

}  // namespace writebench::cli
