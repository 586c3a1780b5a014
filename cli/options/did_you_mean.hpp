#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace writebench::cli {

/// "; did you mean 'x'?" for the candidate nearest to what was typed, or nothing if none is near.
std::string did_you_mean(std::string_view typed, const std::vector<std::string>& candidates);

/// The same, or "; use a, b or c" if none is near.
std::string one_of(std::string_view typed, const std::vector<std::string>& candidates);

}  // namespace writebench::cli
