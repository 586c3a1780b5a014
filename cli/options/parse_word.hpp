#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace writebench::cli {

/// The index in `words` of the word that an option was given. Throws UsageError, which names the option, lists the
/// words and suggests the nearest.
std::size_t parse_word(std::string_view option, const std::string& text, const std::vector<std::string>& words);

}  // namespace writebench::cli
