#include "cli/options/parse_word.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {

std::size_t parse_word(std::string_view option, const std::string& text, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  throw UsageError(fmt::format("{} '{}' is unknown{}", option, text, one_of(text, words)));
}

}  // namespace writebench::cli
