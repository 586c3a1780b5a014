#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "cli/options/options.hpp"
#include "writebench/strategy.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// The command line as it is declared: every option of every command, with these strategies.
class CommandLine {
 public:
  CommandLine(const std::vector<std::string>& arguments, std::span<const Descriptor> table);
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;
  ~CommandLine();

  /// Parses the arguments. Throws UsageError.
  Options parse();

  const CLI::App& app() const;
  CLI::App& app();

 private:
  struct Declared;
  std::unique_ptr<Declared> declared_;
};

/// The same in one step.
Options parse_options(int argc, const char* const* argv, std::span<const Descriptor> table);

}  // namespace writebench::cli
