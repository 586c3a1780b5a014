#include "crash/measure.hpp"

#include <algorithm>
#include <exception>
#include <random>
#include <utility>
#include <vector>

#include "engine/run/interrupt.hpp"

namespace writebench::crash {
namespace {

using engine::Cell;
using reports::Deaths;
using reports::Fault;
using std::chrono::nanoseconds;

// So many trials in a row that end before they are to die mean that no moment can be met.
constexpr std::uint64_t kMostEndedInARow = 20;

// Uniform from 0 up to a time.
class Moments {
 public:
  Moments(std::uint64_t seed, std::size_t cell, std::size_t runner) {
    std::seed_seq mixed{static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32),
                        static_cast<std::uint32_t>(cell), static_cast<std::uint32_t>(runner)};
    random_.seed(mixed);
  }

  nanoseconds next(std::int64_t below_ns) {
    const double share = static_cast<double>(random_() >> 11) * 0x1p-53;  // 53 bits: as fine as a double below 1
    return nanoseconds(static_cast<std::int64_t>(share * static_cast<double>(below_ns)));
  }

 private:
  std::mt19937_64 random_;
};

class Measurement {
 public:
  Measurement(const Request& request, const engine::ForkRunner::Runnables& runnables, engine::TrialRunner& trials,
              std::span<DeathRunner* const> runners, Observer& observer, reports::Report& report)
      : request_(request),
        runnables_(runnables),
        trials_(trials),
        runners_(runners),
        observer_(observer),
        report_(report) {}

  bool run() {
    std::vector<reports::UnavailableDeath> unavailable;
    if (report_.crash_test) unavailable = std::move(report_.crash_test->unavailable);
    report_.crash_test = reports::CrashTest{.deaths = request_.deaths, .unavailable = std::move(unavailable)};
    const std::size_t parts = report_.cells.size() * runners_.size();
    std::size_t part = 0;
    for (std::size_t cell = 0; cell < report_.cells.size(); ++cell) {
      for (std::size_t runner = 0; runner < runners_.size(); ++runner) {
        const nanoseconds left = std::max(remaining(), nanoseconds(0));
        deadline_ = request_.now() + left / static_cast<std::int64_t>(parts - part++);
        if (stopped() || !is_right(report_.cells[cell])) continue;
        bring_about(report_.cells[cell], *runners_[runner], Moments(request_.seed, cell, runner));
      }
    }
    return !stopped();
  }

 private:
  bool stopped() const { return gave_up_ || engine::interrupted() != 0; }
  nanoseconds remaining() const { return began_ + request_.budget - request_.now(); }

  engine::TrialRunner::Waiting waiting() {
    return [this] {
      observer_.waiting();
      return engine::interrupted() == 0;
    };
  }

  // Whether the cell writes the right bytes if it is left alone.
  bool is_right(Cell& cell) {
    if (cell.status) return cell.status == engine::Outcome::kOk;
    engine::Sample sample;
    try {
      std::optional<engine::TrialResult> result = trials_.run({.cell = cell}, waiting());
      if (!result) {
        gave_up_ = true;
        return false;
      }
      sample = std::move(result->sample);
    } catch (const std::exception& error) {
      sample.outcome = engine::Outcome::kFailed;
      sample.detail = error.what();
    }
    cell.add(std::move(sample));
    return cell.status == engine::Outcome::kOk;
  }

  std::optional<Ending> run_one(const Cell& cell, DeathRunner& runner, std::optional<nanoseconds> after) {
    std::optional<Ending> ending = runner.run(cell, after, waiting());
    if (!ending) gave_up_ = true;
    return ending;
  }

  void bring_about(const Cell& cell, DeathRunner& runner, Moments moments) {
    const std::optional<Ending> whole = run_one(cell, runner, std::nullopt);
    if (!whole) return;
    Deaths& deaths = report_.crash_test->cells.emplace_back();
    deaths.cell = cell.id;
    deaths.death = runner.death();
    deaths.failure = failure_of_whole(*whole);
    deaths.running_ns = whole->running_ns;
    deaths.trials = whole->new_trial;
    if (deaths.death == reports::Death::kProcess) {
      const engine::Runnable& runnable = runnables_.at(cell.id);
      deaths.bound_bytes =
          bound_bytes(runnable.strategy, cell, runnable.content->longest_line_bytes(), whole->file_block_bytes);
    }
    if (deaths.failure.empty()) kill(cell, runner, moments, deaths);
    observer_.cell_ended(deaths);
  }

  // Everything is acknowledged and nothing may be missing.
  static std::string failure_of_whole(const Ending& whole) {
    if (!whole.failure.empty()) return whole.failure;
    const reports::Loss& loss = whole.loss;
    if (loss.faults.empty() && loss.lost_lines == 0) return "";
    const std::string what =
        loss.faults.empty() ? std::to_string(loss.lost_lines) + " lines lost" : loss.faults.front().example;
    return "wrong at its regular end: " + what;
  }

  void kill(const Cell& cell, DeathRunner& runner, Moments& moments, Deaths& deaths) {
    std::int64_t running_ns = deaths.running_ns;
    std::uint64_t ended_in_a_row = 0;
    // Whatever the budget, the cell dies once.
    while (deaths.losses.size() < request_.deaths && (deaths.losses.empty() || request_.now() < deadline_)) {
      if (stopped()) return;  // a short trial may end before anybody is asked whether to wait on
      const std::optional<Ending> ending = run_one(cell, runner, moments.next(running_ns));
      if (!ending) return;
      deaths.trials += ending->new_trial;
      if (!ending->failure.empty()) {
        deaths.failure = ending->failure;
        return;
      }
      if (!ending->died) {  // faster than the trial before: the moments have to be earlier
        running_ns = std::min(running_ns, ending->running_ns);
        ++deaths.ended_before;
        if (++ended_in_a_row < kMostEndedInARow) continue;
        deaths.failure = "every trial ends before it can die; give more --lines";
        return;
      }
      ended_in_a_row = 0;
      deaths.losses.push_back(ending->loss);
      check_bound(deaths);
      observer_.died(deaths, remaining());
    }
  }

  static void check_bound(Deaths& deaths) {
    reports::Loss& loss = deaths.losses.back();
    if (!deaths.bound_bytes || loss.lost_bytes <= *deaths.bound_bytes) return;
    loss.faults.push_back({Fault::kOverBound, loss.lost_lines, loss.lost_bytes,
                           std::to_string(loss.lost_bytes) + " bytes lost, where the options allow " +
                               std::to_string(*deaths.bound_bytes)});
  }

  const Request& request_;
  const engine::ForkRunner::Runnables& runnables_;
  engine::TrialRunner& trials_;
  const std::span<DeathRunner* const> runners_;
  Observer& observer_;
  reports::Report& report_;
  const std::chrono::steady_clock::time_point began_ = request_.now();
  std::chrono::steady_clock::time_point deadline_;  // of the cell
  bool gave_up_ = false;
};

}  // namespace

std::optional<std::uint64_t> bound_bytes(const Descriptor& strategy, const engine::CellSpec& cell,
                                         std::uint64_t longest_line_bytes, std::uint64_t file_block_bytes) {
  if (cell.parameters.durability.kind == Durability::Kind::kLine) return 0;
  if (!strategy.may_lose_bytes) return std::nullopt;
  return strategy.may_lose_bytes(
      {.parameters = cell.parameters, .longest_line_bytes = longest_line_bytes, .file_block_bytes = file_block_bytes});
}

bool measure(const Request& request, const engine::ForkRunner::Runnables& runnables, engine::TrialRunner& trials,
             std::span<DeathRunner* const> runners, Observer& observer, reports::Report& report) {
  return Measurement(request, runnables, trials, runners, observer, report).run();
}

}  // namespace writebench::crash
