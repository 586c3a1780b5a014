#pragma once

#include <functional>
#include <string>
#include <vector>

namespace writebench::engine {

/// One place in a round: a name, and what runs and times a trial, giving its seconds (0 where it has no time).
struct RoundEntry {
  std::string name;
  std::function<double()> trial;
};

/// Runs each entry once, in this order, as a registered benchmark of Google Benchmark with manual time, one iteration
/// and one repetition, and returns the seconds that it reported for each. Not reentrant; trials may fork.
std::vector<double> run_round(const std::vector<RoundEntry>& entries);

}  // namespace writebench::engine
