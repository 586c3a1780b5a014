#include "cli/options/passed_options.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <optional>
#include <string_view>

#include "cli/options/usage_error.hpp"
#include "engine/lines/input_file.hpp"

namespace writebench::cli {
namespace {

// The value of the last --input.
std::optional<std::string> input_of(const std::vector<std::string>& options) {
  constexpr std::string_view kName = "--input";
  std::optional<std::string> input;
  for (std::size_t i = 0; i < options.size(); ++i) {
    if (options[i] == kName && i + 1 < options.size()) input = options[i + 1];
    if (options[i].starts_with(std::string(kName) + "=")) input = options[i].substr(kName.size() + 1);
  }
  return input;
}

}  // namespace

void take_options_of_a_run(CLI::App& command) {
  command.allow_extras();
  command.footer(
      "The options of a run that say what is measured, such as --strategy, --lines, --buffer-size and --dir, belong to "
      "this command too; 'writebench --help' lists them.");
}

void refuse_input_read_once(const std::vector<std::string>& options) {
  const std::optional<std::string> input = input_of(options);
  if (!input) return;
  struct stat status {};
  const bool pipe = ::stat(input->c_str(), &status) == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
  if (!pipe && *input != engine::kStandardInput) return;
  throw UsageError(fmt::format(
      "--input '{}' can be read only once, but every trial reads it anew; save the lines in a file and give that",
      *input));
}

}  // namespace writebench::cli
