#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "writebench/strategy.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// What a shell asks, in cli/shells: `writebench complete WORD...`, with the words up to the cursor, the last of them
/// perhaps empty. It is no command of the command line, whose words could not be parsed while they are incomplete.
inline constexpr std::string_view kComplete = "complete";

/// What the last word may become, a line each: the whole word, and after a tab what it means. A line that begins with a
/// colon is a request to the shell, for what it knows better: `:files`, `:files .json` (those that end so, and
/// directories), `:directories`, `:programs`. After a word that ends in '=' or '.', more of it follows.
std::string completions(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& words);

}  // namespace writebench::cli
