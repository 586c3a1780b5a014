#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace writebench::cli {

/// "writebench", or "writebench list" for its subcommand.
std::string command_of(const CLI::App& app);

/// What it takes besides options, each after a space, in brackets if it may be left out: " REPORT", " [BASE] [HEAD]".
std::string arguments_of(const CLI::App& app);

std::vector<const CLI::App*> subcommands_of(const CLI::App& app);

/// Its names by commas without spaces, as people type them, and the type of its value: "-o,--out FILE".
std::string names_of(const CLI::Option& option);

/// Its description and, in brackets, its default.
std::string meaning_of(const CLI::Option& option);

/// How quantities are written.
inline constexpr std::string_view kQuantities = "Counts take 500k or 1e6, sizes 64KiB or 1MB, times 250ms or 5s.";

/// The form of all help texts: at most 80 columns wide; an option's value by its type name; its default in brackets,
/// from the value itself; and a usage line for each subcommand.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace writebench::cli
