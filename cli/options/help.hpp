#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <vector>

namespace writebench::cli {

/// "writebench", or "writebench list" for its subcommand.
std::string command_of(const CLI::App& app);

std::vector<const CLI::App*> subcommands_of(const CLI::App& app);

/// The form of all help texts: at most 80 columns wide; an option's value by its type name; its default in brackets,
/// from the value itself; and a usage line for each subcommand.
std::shared_ptr<CLI::FormatterBase> help_formatter();

}  // namespace writebench::cli
