#include "cli/options/did_you_mean.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

namespace writebench::cli {
namespace {

// Levenshtein's distance, row by row.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

std::string did_you_mean(std::string_view typed, const std::vector<std::string>& candidates) {
  const std::string* nearest = nullptr;
  std::size_t least = std::max<std::size_t>(2, typed.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    const bool begun = typed.size() >= 3 && candidate.starts_with(typed);
    const bool continued = candidate.size() >= 4 && typed.starts_with(candidate);  // --output for --out
    const std::size_t away = begun ? 1 : std::min<std::size_t>(distance(typed, candidate), continued ? 2 : SIZE_MAX);
    if (away < least) {
      least = away;
      nearest = &candidate;
    }
  }
  return nearest ? "; did you mean '" + *nearest + "'?" : "";
}

std::string one_of(std::string_view typed, const std::vector<std::string>& candidates) {
  if (std::string advice = did_you_mean(typed, candidates); !advice.empty()) return advice;
  std::string advice = "; use ";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) advice += i + 1 == candidates.size() ? " or " : ", ";
    advice += candidates[i];
  }
  return advice;
}

}  // namespace writebench::cli
