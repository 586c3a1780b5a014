#include "cli/options/parse_word.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "cli/options/did_you_mean.hpp"
#include "cli/options/usage_error.hpp"

namespace writebench::cli {

std::size_t parse_word(std::string_view option, const std::string& text, const std::vector<std::string>& words) {
  const auto found = std::find(words.begin(), words.end(), text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  const std::string advice = did_you_mean(text, words);
  throw UsageError(fmt::format("{} '{}' is none of {}{}", option, text, fmt::join(words, ", "), advice));
}

}  // namespace writebench::cli
