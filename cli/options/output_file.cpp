#include "cli/options/output_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <stdexcept>

#include "cli/options/usage_error.hpp"
#include "reports/output_place.hpp"

namespace writebench::cli {

std::string output_file(std::string_view option, const std::string& path, bool force) {
  using reports::Replaceable;
  try {
    return reports::output_place(path, force ? Replaceable::kFiles : Replaceable::kNothing, "replace it with --force");
  } catch (const std::runtime_error& error) {
    throw UsageError(fmt::format("{} {}", option, error.what()));
  }
}

void refuse_input(std::string_view option, const std::string& path, const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) {
    std::error_code error;
    if (!std::filesystem::equivalent(path, input, error)) continue;
    throw UsageError(fmt::format("{} '{}' is the file '{}' that is read; name another", option, path, input));
  }
}

}  // namespace writebench::cli
