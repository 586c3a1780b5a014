#include "engine/run/run.hpp"

#include <utility>

#include "engine/run/google_benchmark_round.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/statistics.hpp"

namespace writebench::engine {
namespace {

using std::chrono::nanoseconds;

class Run {
 public:
  Run(std::vector<Cell>& cells, TrialRunner& runner, const RunSetup& setup, RunObserver& observer)
      : cells_(cells), runner_(runner), setup_(setup), observer_(observer), schedule_(setup.plan, cells.size()) {}

  // Returns whether the run came to its regular end.
  bool complete() {
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
      if (cells_[cell].status) schedule_.drop(cell);  // already known to be unavailable
    }
    while (!stopped()) {
      const Round round = schedule_.next_round(elapsed());
      if (round.order.empty()) break;
      run_in_order(round);
      if (round.kind == Round::Kind::kMeasure) ++measured_rounds_;
      observer_.round_ended();
    }
    return !stopped();
  }

 private:
  void run_in_order(const Round& round) {
    std::vector<RoundEntry> entries;
    for (std::size_t position = 0; position < round.order.size(); ++position) {
      const std::size_t cell = round.order[position];
      entries.push_back(
          {cells_[cell].id, [this, &round, cell, position] { run_one(cell, round.kind, static_cast<int>(position)); }});
    }
    run_round(entries);
  }

  void run_one(std::size_t index, Round::Kind kind, int position) {
    Cell& cell = cells_[index];
    if (stopped() || !schedule_.affordable(index, kind, elapsed())) return;
    observer_.trial_begins(cell, kind, schedule_.remaining(elapsed()));
    const bool observe = kind == Round::Kind::kStall || setup_.observe;
    std::optional<TrialResult> result = runner_.run({.cell = cell, .observe = observe}, [this] {
      setup_.now();
      observer_.waiting();
      return interrupted() == 0;
    });
    if (!result) {
      gave_up_ = true;
      return;
    }
    Sample& sample = result->sample;
    sample.round = measured_rounds_;
    sample.position = position;
    observer_.trial_ended(cell, sample);
    const nanoseconds whole(sample.total_ns.value_or(0));
    const bool failed = sample.outcome != Outcome::kOk;
    keep(cell, kind, *std::move(result));
    schedule_.ran(index, kind, whole);
    schedule_.set_converged(index, converged(cell));
    schedule_.set_enough_stalls(index, enough(cell.caller_stall, 0.999) && enough(cell.loop_lag, 0.99));
    if (failed) schedule_.drop(index);
  }

  // A failure counts in every kind of round.
  static void keep(Cell& cell, Round::Kind kind, TrialResult result) {
    if (kind == Round::Kind::kWarmUp) ++cell.warm_up_trials;
    if (kind == Round::Kind::kMeasure || result.sample.outcome != Outcome::kOk) cell.add(std::move(result.sample));
    cell.caller_stall = merged(cell.caller_stall, result.caller_stall);
    cell.loop_lag = merged(cell.loop_lag, result.loop_lag);
    cell.pace_late = merged(cell.pace_late, result.pace_late);
  }

  // Whether there are enough durations for the quantile. None at all is enough too: the strategy does not walk its
  // lines, or has no event loop.
  static bool enough(const Distribution& distribution, double quantile) {
    return distribution.count == 0 || supports(distribution.count, quantile);
  }

  bool converged(const Cell& cell) const {
    const std::vector<double> times = times_ns(cell);
    const auto interval = median_interval_95(times);
    return interval && interval->high - interval->low < setup_.plan.precision * median(times);
  }

  bool stopped() const { return gave_up_ || interrupted() != 0; }
  nanoseconds elapsed() const { return setup_.now() - began_; }

  std::vector<Cell>& cells_;
  TrialRunner& runner_;
  const RunSetup& setup_;
  RunObserver& observer_;
  Schedule schedule_;
  const std::chrono::steady_clock::time_point began_ = setup_.now();
  int measured_rounds_ = 0;
  bool gave_up_ = false;  // whether the runner gave up a trial
};

}  // namespace

bool run(std::vector<Cell>& cells, TrialRunner& runner, const RunSetup& setup, RunObserver& observer) {
  return Run(cells, runner, setup, observer).complete();
}

}  // namespace writebench::engine
