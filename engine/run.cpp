#include "engine/run.hpp"

#include <unistd.h>

#include "engine/interrupt.hpp"
#include "engine/round.hpp"
#include "engine/scratch.hpp"
#include "engine/trial.hpp"
#include "engine/verify.hpp"

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

class Run {
 public:
  Run(std::vector<Cell>& cells, const RunSetup& setup, RunObserver& observer)
      : cells_(cells),
        setup_(setup),
        observer_(observer),
        scratch_(setup.directory),
        schedule_(setup.plan, cells.size()) {}

  RunResult result() {
    for (round_ = 0; !interrupted(); ++round_) {
      const std::vector<std::size_t> order = schedule_.next_round(elapsed());
      if (order.empty()) break;
      run_in_order(order);
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
  void run_in_order(const std::vector<std::size_t>& order) {
    std::vector<RoundEntry> entries;
    for (std::size_t position = 0; position < order.size(); ++position) {
      const std::size_t cell = order[position];
      entries.push_back(
          {cells_[cell].id, [this, cell, position] { return run_one(cell, static_cast<int>(position)); }});
    }
    run_round(entries);
  }

  // One trial of a cell, and its verification; the seconds it took, 0 where there are none.
  double run_one(std::size_t index, int position) {
    Cell& cell = cells_[index];
    if (interrupted() || !schedule_.affordable(index, elapsed())) return 0;
    observer_.trial_begins(cell, schedule_.remaining(elapsed()));
    const auto began = Clock::now();
    std::optional<Sample> sample = measured(cell);
    if (!sample) return 0;
    sample->round = round_;
    sample->position = position;
    const double seconds = sample->time_ns() ? static_cast<double>(*sample->time_ns()) * 1e-9 : 0;
    cell.add(*std::move(sample));
    schedule_.ran(index, Clock::now() - began);
    if (cell.status != Outcome::kOk) schedule_.drop(index);
    observer_.trial_ended(cell, cell.samples.back());
    return seconds;
  }

  // Nothing where a signal ended it.
  std::optional<Sample> measured(const Cell& cell) {
    const std::string path = scratch_.file_path(cell.id + ".txt");
    ::unlink(path.c_str());
    const Trial trial{.strategy = cell.strategy,
                      .parameters = cell.parameters,
                      .content = setup_.content,
                      .path = path,
                      .timeout = setup_.timeout,
                      .in_process = setup_.in_process};
    std::optional<Sample> sample = run_trial(trial, [this] {
      observer_.waiting();
      return interrupted() == 0;
    });
    if (sample && sample->outcome == Outcome::kOk && !verified(cell, path, *sample)) sample.reset();
    if (!setup_.keep_files) ::unlink(path.c_str());
    return sample;
  }

  // False where a signal ended it.
  bool verified(const Cell& cell, const std::string& path, Sample& sample) {
    const Verification verification =
        verify(path, setup_.content, cell.strategy.contract.order, cell.parameters.writers, [this] {
          observer_.waiting();
          return interrupted() != 0;
        });
    if (verification.right) return true;
    sample.outcome = Outcome::kIncorrect;
    sample.detail = verification.describe();
    return !verification.stopped;
  }

  std::chrono::nanoseconds elapsed() const { return Clock::now() - began_; }

  std::vector<Cell>& cells_;
  const RunSetup& setup_;
  RunObserver& observer_;
  Scratch scratch_;
  Schedule schedule_;
  const Clock::time_point began_ = Clock::now();
  int round_ = 0;
};

}  // namespace

RunResult run(std::vector<Cell>& cells, const RunSetup& setup, RunObserver& observer) {
  return Run(cells, setup, observer).result();
}

}  // namespace writebench::engine
