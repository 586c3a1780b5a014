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

/// Why Google Benchmark cannot be used in this process: it exits or aborts on machines whose /sys or /proc it does not
/// understand, and if it runs out of descriptors. Empty if it can be used. "calls exit(1): Failed to …", for a sentence
/// that begins with its name. Finds out once, in a child process that runs an empty round; call it before there is
/// anything to lose, from a process with one thread.
const std::string& trouble_with_google_benchmark();

/// Runs each entry once, in this order, as a registered benchmark of Google Benchmark with one iteration and one
/// repetition. The library is only the outer loop: a trial has its own clocks, and the library's figures are discarded.
/// If the library cannot be used, the entries run without it, in the same order.
/// Rethrows the first exception of a trial; no entry after it runs. Not reentrant; trials may fork.
void run_round(const std::vector<RoundEntry>& entries);

}  // namespace writebench::engine
