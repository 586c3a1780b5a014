#pragma once

#include <functional>
#include <string>
#include <vector>

namespace writebench::engine {

/// One place in a round: a name, and what runs a trial.
struct RoundEntry {
  std::string name;
  std::function<void()> trial;
};

/// Runs each entry once, in this order, as a registered benchmark of Google Benchmark with one iteration and one
/// repetition. The library is the outer loop and nothing more: a trial has clocks of its own, and what the library
/// measures around it is dropped. Rethrows the first exception of a trial; no entry after it runs. Not reentrant;
/// trials may fork.
void run_round(const std::vector<RoundEntry>& entries);

}  // namespace writebench::engine
