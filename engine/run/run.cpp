#include "engine/run/run.hpp"

#include <unistd.h>

#include "engine/machine/interference.hpp"
#include "engine/run/google_benchmark_round.hpp"
#include "engine/run/interrupt.hpp"
#include "engine/statistics.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial.hpp"
#include "engine/verification/verify.hpp"

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

class Run {
 public:
  Run(std::vector<Cell>& cells, const std::vector<Runnable>& runnables, const RunSetup& setup, RunObserver& observer)
      : cells_(cells),
        runnables_(runnables),
        setup_(setup),
        observer_(observer),
        scratch_(setup.directory),
        watch_(setup.directory),
        schedule_(setup.plan, cells.size()) {}

  RunResult result() {
    for (std::size_t cell = 0; cell < cells_.size(); ++cell) {
      if (cells_[cell].status) schedule_.drop(cell);  // known to be unavailable
    }
    while (!interrupted()) {
      const Round round = schedule_.next_round(elapsed());
      if (round.order.empty()) break;
      run_in_order(round);
      if (round.kind == Round::Kind::kMeasure) ++measured_rounds_;
      observer_.round_ended();
    }
    RunResult result;
    result.complete = !interrupted();
    if (setup_.keep_files) {
      scratch_.keep();
      result.kept_directory = scratch_.path();
    }
    return result;
  }

 private:
  void run_in_order(const Round& round) {
    std::vector<RoundEntry> entries;
    for (std::size_t position = 0; position < round.order.size(); ++position) {
      const std::size_t cell = round.order[position];
      entries.push_back({cells_[cell].id, [this, &round, cell, position] {
                           return run_one(cell, round.kind, static_cast<int>(position));
                         }});
    }
    run_round(entries);
  }

  // One trial of a cell, and its verification; the seconds it took, 0 where there are none.
  double run_one(std::size_t index, Round::Kind kind, int position) {
    Cell& cell = cells_[index];
    if (interrupted() || !schedule_.affordable(index, kind, elapsed())) return 0;
    observer_.trial_begins(cell, kind, schedule_.remaining(elapsed()));
    const auto began = Clock::now();
    std::optional<TrialResult> result =
        verified_trial(cell, runnables_[index], kind == Round::Kind::kStall || setup_.observe);
    if (!result) return 0;
    const std::chrono::nanoseconds whole = Clock::now() - began;
    Sample& sample = result->sample;
    sample.round = measured_rounds_;
    sample.position = position;
    sample.total_ns = whole.count();
    sample.injected_slow_down = setup_.injected_slow_down;
    if (setup_.observe) sample.stall_p99_ns = result->caller_stall.percentile_ns(0.99);
    observer_.trial_ended(cell, sample);
    const double seconds = sample.time_ns() ? static_cast<double>(*sample.time_ns()) * 1e-9 : 0;
    const bool failed = sample.outcome != Outcome::kOk;
    keep(cell, kind, *std::move(result));
    schedule_.ran(index, kind, whole);
    schedule_.set_converged(index, converged(cell));
    if (failed) schedule_.drop(index);
    return seconds;
  }

  // A failure counts, in whatever round it came.
  static void keep(Cell& cell, Round::Kind kind, TrialResult result) {
    if (kind == Round::Kind::kWarmUp) ++cell.warm_up_trials;
    if (kind == Round::Kind::kMeasure || result.sample.outcome != Outcome::kOk) cell.add(std::move(result.sample));
    cell.caller_stall = merged(cell.caller_stall, result.caller_stall);
    cell.loop_lag = merged(cell.loop_lag, result.loop_lag);
  }

  bool converged(const Cell& cell) const {
    const std::vector<double> times = times_ns(cell);
    const auto interval = median_interval_95(times);
    return interval && interval->high - interval->low < setup_.plan.precision * median(times);
  }

  // Nothing where a signal ended it.
  std::optional<TrialResult> verified_trial(const Cell& cell, const Runnable& runnable, bool observe) {
    const std::string path = scratch_.file_path(cell.id + ".txt");
    ::unlink(path.c_str());
    const Trial trial{.strategy = runnable.strategy,
                      .parameters = cell.parameters,
                      .workload = cell.workload,
                      .content = *runnable.content,
                      .path = path,
                      .timeout = setup_.timeout,
                      .observe = observe,
                      .injected_slow_down = setup_.injected_slow_down,
                      .in_process = setup_.in_process};
    watch_.trial_begins();
    std::optional<TrialResult> result = run_trial(trial, [this](const TrialUnderWay& under_way) {
      if (under_way.running) {
        watch_.trial_runs(under_way.process, *under_way.running, under_way.written_before_bytes);
      }
      observer_.waiting();
      return interrupted() == 0;
    });
    if (result) add_interference(*result);
    if (result && result->sample.outcome == Outcome::kOk && !verified(cell, *runnable.content, path, result->sample))
      result.reset();
    if (!setup_.keep_files) ::unlink(path.c_str());
    return result;
  }

  void add_interference(TrialResult& result) {
    Sample& sample = result.sample;
    Interference around = watch_.trial_ended(sample.cost.device_bytes.value_or(0) + result.set_up_device_bytes);
    around.cpu_pressure_ns = sample.interference.cpu_pressure_ns;
    around.io_pressure_ns = sample.interference.io_pressure_ns;
    around.memory_pressure_ns = sample.interference.memory_pressure_ns;
    sample.interference = around;
    sample.disturbances = disturbances(around);
  }

  // False where a signal ended it.
  bool verified(const Cell& cell, const Content& content, const std::string& path, Sample& sample) {
    const Verification verification = verify(path, content, cell.strategy.contract.order,
                                             static_cast<unsigned>(cell.parameters.value(kWriters)), [this] {
                                               observer_.waiting();
                                               return interrupted() != 0;
                                             });
    sample.order_unproven = verification.order_unproven;
    if (verification.right) return true;
    sample.outcome = Outcome::kIncorrect;
    sample.detail = verification.describe();
    return !verification.stopped;
  }

  std::chrono::nanoseconds elapsed() const { return Clock::now() - began_; }

  std::vector<Cell>& cells_;
  const std::vector<Runnable>& runnables_;
  const RunSetup& setup_;
  RunObserver& observer_;
  Scratch scratch_;
  InterferenceMonitor watch_;
  Schedule schedule_;
  const Clock::time_point began_ = Clock::now();
  int measured_rounds_ = 0;
};

}  // namespace

RunResult run(std::vector<Cell>& cells, const std::vector<Runnable>& runnables, const RunSetup& setup,
              RunObserver& observer) {
  return Run(cells, runnables, setup, observer).result();
}

}  // namespace writebench::engine
