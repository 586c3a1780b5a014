#include "explain/ladder.hpp"

#include <algorithm>
#include <stdexcept>

namespace writebench::explain {
namespace {

const Descriptor& found(const std::string& name, std::span<const Descriptor> table) {
  const auto at = std::find_if(table.begin(), table.end(), [&](const Descriptor& entry) { return entry.name == name; });
  if (at == table.end()) throw std::logic_error("no strategy '" + name + "' for a ladder");
  return *at;
}

const Simpler::Setting* setting(const std::vector<Simpler::Setting>& settings, const Option& option) {
  const auto at = std::find_if(settings.begin(), settings.end(),
                               [&](const Simpler::Setting& own) { return own.option->name == option.name; });
  return at == settings.end() ? nullptr : &*at;
}

// The text with a number in the place of its #.
std::string with_number(std::string text, std::uint64_t number) {
  if (const std::size_t at = text.find('#'); at != text.npos) text.replace(at, 1, std::to_string(number));
  return text;
}

// The parameters of the simpler strategy: its own settings, else the values of the one above it, else its defaults.
Parameters parameters_below(const Simpler& step, const Descriptor& simpler, const Parameters& above) {
  Parameters parameters{.lines = above.lines, .durability = above.durability};
  for (const Option* option : simpler.options) {
    const Simpler::Setting* const own = setting(step.with, *option);
    parameters.set(*option, own != nullptr ? own->value : above.value(*option));
  }
  return parameters;
}

std::vector<Rung> ladder(const Descriptor& subject, const Parameters& parameters, std::span<const Descriptor> table,
                         std::size_t most_strategies) {
  if (most_strategies == 0) throw std::logic_error("the ladder of '" + subject.name + "' is a circle");
  const Simpler& step = subject.simpler;
  if (step.strategy.empty()) return {{&subject, parameters, ""}};

  Parameters own = parameters;
  for (const Simpler::Setting& start : step.starting_with) own.set(*start.option, start.value);
  const Descriptor& simpler = found(step.strategy, table);
  std::vector<Rung> rungs = ladder(simpler, parameters_below(step, simpler, own), table, most_strategies - 1);
  rungs.push_back({&subject, own, step.adds});
  for (const Simpler::Growth& growth : step.growing) {
    const std::uint64_t wanted = parameters.value(*growth.option);
    if (own.value(*growth.option) == wanted) continue;
    own.set(*growth.option, wanted);
    rungs.push_back({&subject, own, with_number(growth.adds, wanted)});
  }
  return rungs;
}

}  // namespace

std::vector<Rung> ladder_of(const Descriptor& subject, const Parameters& parameters,
                            std::span<const Descriptor> table) {
  return ladder(subject, parameters, table, table.size());
}

}  // namespace writebench::explain
