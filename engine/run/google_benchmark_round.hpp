#pragma once

#include <functional>
#include <string>
#include <vector>

namespace writebench::engine {

/// One place in a round: a name, and a function that runs a trial.
struct RoundEntry {
  std::string name;
  std::function<void()> trial;
};

/// Runs each entry once, in this order, as a registered benchmark of Google Benchmark with one iteration and one
/// repetition. The library is only the outer loop: a trial has its own clocks, and the library's figures are discarded.
/// Rethrows the first exception of a trial; no entry after it runs. Not reentrant; trials may fork.
void run_round(const std::vector<RoundEntry>& entries);

}  // namespace writebench::engine
