#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "advise/candidates.hpp"
#include "engine/machine/running_clock.hpp"
#include "engine/run/run.hpp"
#include "reports/report.hpp"

namespace writebench::advise {

/// What is searched.
struct Request {
  reports::Advice::Asked asked;
  std::vector<Candidate> candidates;  ///< in the order of the table
  std::optional<Contestant> harness;  ///< `null`, to tell what is the harness's own
  std::chrono::nanoseconds budget;    ///< for everything together
  std::uint64_t seed = 0;             ///< of the order within the rounds
  engine::Now now = engine::running_now;
};

/// Searches for the strategy and the settings that fulfil the constraints best, in parts whose cells share no rounds
/// with those of others:
///
/// 1. at a rate, whether each candidate could keep it at all, by a short trial as fast as possible;
/// 2. each candidate with the settings that it begins with, in a few rounds. Who is certainly much worse than the best,
///    or fails a constraint beyond doubt, is out;
/// 3. the size of blocks of the best: a larger and a smaller one beside it, by powers of four and then of two, until
///    neither is better;
/// 4. their other options, one at a time;
/// 5. the finalists against each other, in rounds until the budget ends; without a rate also with those of their
///    settings that were nearly as good, of which each finalist then has the best.
///
/// Adds every cell to the report, and fills in the finalists and what was ruled out of its advice, which must be there;
/// conclude.hpp does the rest. Returns false if a signal (engine::interrupted()) ended it; what was measured is in the
/// report then. Throws what the runner throws; likewise.
///
/// Takes longer than the budget if that is less than least_budget().
bool search(const Request& request, const engine::MakeRunner& make_runner, engine::RunObserver& observer,
            reports::Report& report);

/// The time that a few trials of so many candidates take at that rate, which is not 0: a slow rate makes each of them
/// long. `lines` is the most that a trial may write.
std::chrono::nanoseconds least_budget(double lines_per_second, std::uint64_t lines, std::size_t candidates);

}  // namespace writebench::advise
