#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "cli/options/usage_error.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// The options that a file of options has set.
struct OptionFile {
  std::string path;                          ///< as typed; empty without a file
  std::map<std::string, std::size_t> lines;  ///< by their long names: the line that sets it; 0 if that is not known
};

/// Gives the options of `app` the values that a TOML file has for them, unless they were typed. "-" is standard input.
/// Throws UsageError naming the file and the line.
OptionFile apply_option_file(CLI::App& app, const std::string& path);

/// The same for a text that ships with the program.
OptionFile apply_option_text(CLI::App& app, const std::string& text, const std::string& name);

/// The error with the file and the line in front of it, if it is about an option that the file has set.
UsageError with_place(const UsageError& error, const OptionFile& file);

}  // namespace writebench::cli
