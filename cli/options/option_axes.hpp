#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/options/grid.hpp"
#include "writebench/option.hpp"
#include "writebench/strategy.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// The strategies' options, as typed. Each may be a list or, if it is a number, a range.
struct TypedOptions {
  std::array<std::optional<std::string>, kSharedOptions.size()> shared;  ///< in the order of kSharedOptions
  std::vector<std::string> set;                                          ///< STRATEGY.OPTION=VALUE
};

void declare_strategy_options(CLI::App& app, TypedOptions& typed, const std::string& group);

/// The value that an option has here if nothing else is asked for.
std::uint64_t usual_value(const Option& option);

/// A value as a person types it: 64KiB, 10us, a word. Part of a cell's id.
std::string option_text(const Option& option, std::uint64_t value);

/// One axis for each option that one of these strategies lists, and one for each --set, which goes before it for its
/// strategy. Throws UsageError.
std::vector<Axis> option_axes(const TypedOptions& typed, std::span<const Descriptor> strategies);

/// An option that was typed and changes nothing.
struct WithoutEffect {
  std::string name;    ///< without dashes
  std::string reason;  ///< what follows "has no effect"
};

/// The shared options that no chosen strategy takes from what was typed. `run` has the controls beside those; `axes`
/// are those of option_axes().
std::vector<WithoutEffect> without_effect(const TypedOptions& typed, std::span<const Descriptor> chosen,
                                          std::span<const Descriptor> run, const std::vector<Axis>& axes);

}  // namespace writebench::cli
