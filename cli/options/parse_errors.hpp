#pragma once

#include <CLI/CLI.hpp>

namespace writebench::cli {

/// Throws UsageError for what CLI11 refuses. CLI11 names the options; what is wrong with them is said in our words.
[[noreturn]] void explain(const CLI::App& app, const CLI::ParseError& error);

/// Throws UsageError if options of a run stand before the subcommand that was parsed: they mean nothing to it.
void refuse_run_options(const CLI::App& app);

/// Throws UsageError if an option, of the program or of the subcommand that was parsed, has an empty value: none takes
/// that, and a script whose variable is empty means something else than leaving the option out.
void refuse_empty_values(const CLI::App& app);

}  // namespace writebench::cli
