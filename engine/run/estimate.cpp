#include "engine/run/estimate.hpp"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "engine/run/interrupt.hpp"
#include "engine/statistics.hpp"
#include "engine/trial/trial.hpp"

namespace writebench::engine {
namespace {

using std::chrono::nanoseconds;

constexpr double kGrowth = 10;        // of a probe's lines over the probe before
constexpr double kLargestPart = 0.3;  // of the available time, for one trial of the largest probe
constexpr std::size_t kRepeats = 3;   // trials of the largest probe; their median counts

// A first probe should take no longer than this. These guesses need not be good.
constexpr double kFirstProbeNs = 10e6;
constexpr double kGuessedNsPerLine = 10e3;  // a dispatch
constexpr double kGuessedNsPerByte = 1;
constexpr double kGuessedNsPerSync = 1e6;

// Any page cache can take this much, and an estimate cannot fill a disk.
constexpr double kMostProbeBytes = 64 << 20;

// Probes with growing numbers of lines. A disturbance makes a trial longer, never shorter. Settling
// (waiting for others' writes to the device) does not depend on the lines and is kept apart.
class Probes {
 public:
  void add(std::uint64_t lines, const Sample& sample) {
    const double settle_ns = static_cast<double>(sample.settle_ns.value_or(0));
    const double ns = static_cast<double>(sample.total_ns.value_or(0)) - settle_ns;
    settles_ns_.push_back(settle_ns);
    const double drained_ns = static_cast<double>(sample.drained_ns.value_or(0));
    if (largest_ns_.empty() || lines > largest_) {
      if (!largest_ns_.empty()) smaller_.push_back({static_cast<double>(largest_), median(largest_ns_)});
      largest_ = lines;
      largest_ns_.clear();
      drained_ns_.clear();
    }
    largest_ns_.push_back(ns);
    drained_ns_.push_back(drained_ns);
  }

  std::size_t sizes() const { return smaller_.size() + 1; }
  std::size_t repeats() const { return largest_ns_.size(); }

  // Expected time of a trial of `lines` lines. At least 0, also of fewer lines than those of the largest probe.
  double expected_ns(double lines) const {
    const double largest = static_cast<double>(largest_);
    return median(settles_ns_) + std::max(0.0, median(largest_ns_) + (lines - largest) * ns_per_line());
  }

 private:
  struct Point {
    double lines = 0;
    double ns = 0;
  };

  // The slope from the fastest of the smaller probes, which was disturbed least. It is at least the strategy's own time
  // per line, and at most the whole time per line, which is also the result without a smaller probe.
  double ns_per_line() const {
    const double largest = static_cast<double>(largest_);
    const double ns = median(largest_ns_);
    const double most = ns / std::max(1.0, largest);
    if (smaller_.empty()) return most;
    const Point& least =
        *std::min_element(smaller_.begin(), smaller_.end(), [](const Point& a, const Point& b) { return a.ns < b.ns; });
    const double by_its_clock = std::min(most, median(drained_ns_) / largest);
    return std::clamp((ns - least.ns) / (largest - least.lines), by_its_clock, most);
  }

  std::vector<Point> smaller_;
  std::uint64_t largest_ = 0;
  std::vector<double> largest_ns_;  // without settling
  std::vector<double> drained_ns_;  // of the same trials
  std::vector<double> settles_ns_;
};

// The numbers of lines for probes.
struct ProbeLines {
  std::uint64_t first = 0;  // in the first probe, at least 1
  std::uint64_t most = 0;   // the maximum in any probe
};

ProbeLines probe_lines(const CellSpec& cell) {
  const std::uint64_t lines = cell.parameters.lines;
  const Durability& durability = cell.parameters.durability;
  const double bytes_per_line =
      static_cast<double>(cell.bytes) / static_cast<double>(std::max<std::uint64_t>(1, lines));
  double syncs_per_line = 0;
  if (durability.kind == Durability::Kind::kLine) syncs_per_line = 1;
  if (durability.kind == Durability::Kind::kBytes) {
    syncs_per_line = std::min(1.0, bytes_per_line / static_cast<double>(durability.interval_bytes));
  }
  const double line_ns = kGuessedNsPerLine + kGuessedNsPerByte * bytes_per_line + kGuessedNsPerSync * syncs_per_line +
                         static_cast<double>(cell.workload.pace.think.count());
  return {.first = static_cast<std::uint64_t>(std::max(1.0, kFirstProbeNs / line_ns)),
          .most = std::min(lines,
                           static_cast<std::uint64_t>(std::max(2.0, kMostProbeBytes / std::max(1.0, bytes_per_line))))};
}

// The cell with only the first `lines` of its lines, and without its schedule.
CellSpec shortened(const CellSpec& cell, std::uint64_t lines) {
  CellSpec shorter = cell;
  shorter.workload.pace.lines_per_second = 0;
  shorter.parameters.lines = lines;
  return shorter;
}

std::optional<TrialResult> run_probe(const CellSpec& cell, std::uint64_t lines, TrialRunner& runner,
                                     bool observe = false) {
  const CellSpec shorter = shortened(cell, lines);
  return runner.run({.cell = shorter, .observe = observe}, [] { return interrupted() == 0; });
}

// The time at which the last line is due, for a strategy that asks for its lines one by one.
std::optional<nanoseconds> scheduled(const CellSpec& cell, TrialRunner& runner) {
  const nanoseconds last_due = cell.workload.pace.last_due(cell.parameters.lines);
  if (last_due.count() == 0) return last_due;
  const auto one_line = run_probe(cell, 1, runner, true);
  if (!one_line) return std::nullopt;
  return one_line->caller_stall.count == 0 ? nanoseconds(0) : last_due;
}

}  // namespace

std::optional<TrialEstimate> estimate_trial(const CellSpec& cell, TrialRunner& runner, nanoseconds share) {
  const auto due = scheduled(cell, runner);
  if (!due) return std::nullopt;
  const std::uint64_t all = cell.parameters.lines;
  const ProbeLines lines = probe_lines(cell);
  const double largest_ns = kLargestPart * static_cast<double>(share.count());
  Probes probes;
  for (std::uint64_t now = std::min(lines.most, lines.first);;) {
    const auto result = run_probe(cell, now, runner);
    if (!result) return std::nullopt;
    const Sample& sample = result->sample;
    if (sample.outcome != Outcome::kOk) return TrialEstimate{{}, {}, sample.outcome, sample.detail, {}, 0};
    probes.add(now, sample);

    const auto fits = [&](double next) { return probes.expected_ns(next) <= largest_ns; };
    double next = std::min(kGrowth * static_cast<double>(now), static_cast<double>(lines.most));
    while (next > 2 * static_cast<double>(now) && !fits(next)) next = std::max(next / 2, 2 * static_cast<double>(now));
    // The second probe always runs, because a line needs two points.
    if (static_cast<std::uint64_t>(next) > now && (fits(next) || probes.sizes() == 1)) {
      now = static_cast<std::uint64_t>(next);
    } else if (probes.repeats() == kRepeats || sample.total_ns > share.count()) {
      break;
    }
  }
  const nanoseconds time(std::llround(probes.expected_ns(static_cast<double>(all))));
  const nanoseconds clock_reads(std::llround(2 * clock_read_ns() * static_cast<double>(all)));
  const nanoseconds around(std::llround(probes.expected_ns(0)));
  return TrialEstimate{std::max(time, *due), std::max(time + clock_reads, *due), {}, {}, around, all};
}

std::optional<TrialEstimate> glance_at_trial(const CellSpec& cell, TrialRunner& runner, std::uint64_t lines) {
  const auto due = scheduled(cell, runner);
  if (!due) return std::nullopt;
  const auto result = run_probe(cell, lines, runner);
  if (!result) return std::nullopt;
  const Sample& sample = result->sample;
  if (sample.outcome != Outcome::kOk) return TrialEstimate{{}, {}, sample.outcome, sample.detail, {}, 0};
  const double of_lines_ns = static_cast<double>(sample.time_ns().value_or(0) - sample.last_sync_ns());
  const double around_ns = static_cast<double>(sample.total_ns.value_or(0)) - of_lines_ns;
  const std::uint64_t all = cell.parameters.lines;
  const double scale = static_cast<double>(all) / static_cast<double>(lines);
  const nanoseconds time = std::max(nanoseconds(std::llround(around_ns + of_lines_ns * scale)), *due);
  return TrialEstimate{time, time, {}, {}, nanoseconds(std::llround(around_ns)), all};
}

RunEstimate estimate_run(const Plan& plan, const std::vector<TrialEstimate>& cells, bool converged) {
  Schedule schedule(plan, cells.size());
  for (std::size_t cell = 0; cell < cells.size(); ++cell) {
    schedule.set_converged(cell, converged);
    if (cells[cell].failed) schedule.drop(cell);
  }
  RunEstimate run;
  std::vector<std::uint64_t> appends(cells.size());  // timed so far
  for (Round round = schedule.next_round(run.time); !round.order.empty(); round = schedule.next_round(run.time)) {
    for (const std::size_t cell : round.order) {
      if (!schedule.affordable(cell, round.kind, run.time)) continue;
      const TrialEstimate& trial = cells[cell];
      const nanoseconds time = round.kind == Round::Kind::kStall ? trial.stall_time : trial.time;
      schedule.ran(cell, round.kind, time);
      if (round.kind == Round::Kind::kStall) {
        appends[cell] += trial.appends;
        schedule.set_enough_stalls(cell, appends[cell] == 0 || supports(appends[cell], 0.999));
      }
      run.time += time;
      ++run.trials;
    }
  }
  return run;
}

}  // namespace writebench::engine
