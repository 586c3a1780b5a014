#include "advise/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "advise/conclude.hpp"
#include "advise/figures.hpp"
#include "advise/part.hpp"
#include "advise/shortfalls.hpp"
#include "engine/machine/environment.hpp"
#include "engine/run/fit_lines.hpp"
#include "engine/statistics.hpp"

namespace writebench::advise {
namespace {

using engine::Cell;
using reports::Advice;
using reports::Goal;
using reports::Hurdle;
using std::chrono::nanoseconds;

// Shares of the budget. What a part leaves over goes to the finalists.
constexpr double kOfFirstLook = 0.30;
constexpr double kOfSizes = 0.26;
constexpr double kOfOptions = 0.10;
constexpr double kOfReport = 0.03;

constexpr std::size_t kFirstTrials = 5;
constexpr std::size_t kFewestTrials = 2;
constexpr std::size_t kMostTrials = 15;       // of one setting in a search
constexpr std::size_t kFinalTrials = 150;     // of a finalist
constexpr std::size_t kLeastFinalTrials = 6;  // of all finalists together
constexpr std::size_t kFinalRounds = 20;      // that the length of a trial at a rate is to leave room for
constexpr std::size_t kMostSteps = 6;
constexpr std::size_t kTrialsOfASweep = 12;  // of one candidate's sizes, about
constexpr std::size_t kFewestFinalists = 3;
constexpr std::size_t kMostFinalists = 6;
constexpr std::size_t kMostFinalCells = 12;  // with other settings of theirs

// A capacity that is so far below the rate will not reach it at a pace either.
constexpr double kTooSlow = 0.3;
// Who is worse than the best by this much, in every round, is out. An option can gain some of it.
constexpr double kMuchWorse = 1.5;
constexpr double kMuchWorseWithSizes = 2.5;
constexpr double kFailsBeyondDoubt = 2;
constexpr double kFailsWithAnySize = 20;
constexpr double kNearEnough = 1.4;  // to the best, for a finalist
// A setting that gains less than this, or in fewer of the rounds, is not worth leaving the one before it for.
constexpr double kBetter = 0.97;
constexpr double kMostlyBetter = 0.75;
// A few trials do not tell settings apart that differ by less: the finalists have time for them.
constexpr double kNearlyAsGood = 1.15;

// Of a trial at a rate.
constexpr double kShortestSeconds = 0.1;
constexpr double kLongestSeconds = 0.5;
constexpr double kLongestFinalSeconds = 1.0;
constexpr double kLongestForPercentile = 2.0;
constexpr std::uint64_t kFewestLines = 50;
constexpr std::uint64_t kLinesForPercentile = 1000;
constexpr nanoseconds kAroundATrial = std::chrono::milliseconds(15);

// Settings that were nearly as good as the best ones of their candidate, and by how much: 1.05 took 5 % more.
struct Rival {
  Parameters settings;
  double ratio = 1;
};

// A candidate with the best settings that are known so far.
struct Tracked {
  const Candidate* candidate;
  Parameters settings;
  std::uint64_t lines = 0;
  std::optional<std::uint64_t> asked_lines = {};
  std::string cell = {};  // that the figures are of
  std::optional<Advice::Figures> figures = {};
  double trial_ns = 0;  // with everything around it
  std::vector<Rival> rivals = {};
  bool out = false;

  const Contestant& contestant() const { return candidate->contestant(); }
  const std::string& name() const { return candidate->strategy().name; }
};

// "5590", "12.5k", "1.20M"
std::string in_thousands(double value) {
  if (value < 9999.5) return fmt::format("{:.0f}", value);
  return value < 999.5e3 ? fmt::format("{:.3g}k", value / 1e3) : fmt::format("{:.3g}M", value / 1e6);
}

std::string strategies_text(std::size_t count) {
  return count == 1 ? "1 strategy" : fmt::format("{} strategies", count);
}

double excess(const std::vector<Failure>& failed) {
  double most = 0;
  for (const Failure& failure : failed) most = std::max(most, failure.excess());
  return most;
}

class Search {
 public:
  Search(const Request& request, const engine::MakeRunner& make_runner, engine::RunObserver& observer,
         reports::Report& report)
      : request_(request),
        asked_(request.asked),
        make_runner_(make_runner),
        observer_(observer),
        report_(report),
        advice_(*report.advice) {
    for (const Candidate& candidate : request.candidates) {
      const std::uint64_t lines = candidate.contestant().cell.parameters.lines;
      all_.push_back({.candidate = &candidate, .settings = *candidate.start(), .lines = lines});
    }
  }

  bool run() {
    const bool complete = capacity() && first_look() && sizes() && options() && finals();
    if (advice_.finalists.empty()) put_in_finalists(nearest_to_fulfilling());
    if (complete) advice_.nearest = shortfalls_.nearest(advice_.finalists);
    return complete;
  }

 private:
  using Pointers = std::vector<Tracked*>;

  double rate() const { return asked_.lines_per_second.value_or(0); }
  nanoseconds elapsed() const { return request_.now() - began_; }
  nanoseconds share(double part) const {
    return nanoseconds(std::llround(part * static_cast<double>(request_.budget.count())));
  }
  nanoseconds left() const { return std::max(nanoseconds(0), request_.budget - share(kOfReport) - elapsed()); }
  bool judges_stalls() const { return asked_.goal == Goal::kStall || asked_.max_stall_ns.has_value(); }

  Pointers alive() {
    Pointers found;
    for (Tracked& tracked : all_) {
      if (!tracked.out) found.push_back(&tracked);
    }
    return found;
  }

  // Those that fulfil the constraints first, then by value.
  static bool is_before(const Tracked* a, const Tracked* b, const Advice::Asked& asked) {
    const auto key = [&](const Tracked& tracked) {
      return std::pair(excess(failures(*tracked.figures, asked)), tracked.figures->value_ns);
    };
    return key(*a) < key(*b);
  }
  Pointers best_first() {
    Pointers found = alive();
    std::stable_sort(found.begin(), found.end(),
                     [&](const Tracked* a, const Tracked* b) { return is_before(a, b, asked_); });
    return found;
  }

  void rule_out(Tracked& tracked, Hurdle by, std::string reason) {
    tracked.out = true;
    advice_.ruled_out.push_back({tracked.name(), by, std::move(reason)});
  }

  // How many lines make a trial at the rate last about so long.
  std::uint64_t paced_lines(double seconds, std::uint64_t most) const {
    std::uint64_t least = kFewestLines;
    if (judges_stalls() && static_cast<double>(kLinesForPercentile) <= kLongestForPercentile * rate()) {
      least = kLinesForPercentile;
    }
    return std::min(most, std::max(least, static_cast<std::uint64_t>(std::llround(seconds * rate()))));
  }

  // Measures the cells in rounds, and hands them to the report, whatever ends it. Returns false if it was interrupted.
  bool measure(Part& part, const engine::Plan& plan) {
    struct Kept {
      Search& search;
      Part& part;
      ~Kept() { search.keep(part); }
    };
    const Kept kept{*this, part};
    const std::unique_ptr<engine::TrialRunner> runner = make_runner_(part.cells, part.runnables);
    return engine::run(part.cells, *runner, {.plan = plan, .observe = asked_.goal == Goal::kStall, .now = request_.now},
                       observer_);
  }

  // Their rounds follow those of the parts before.
  void keep(Part& part) {
    int most = -1;
    part_begins_at_ = report_.cells.size();
    for (Cell& cell : part.cells) {
      for (engine::Sample& sample : cell.samples) {
        sample.round += next_round_;
        most = std::max(most, sample.round);
      }
      report_.cells.push_back(std::move(cell));
    }
    next_round_ = std::max(next_round_, most + 1);
  }

  // A cell of the part that was measured last.
  const Cell& measured(std::size_t index) const { return report_.cells[part_begins_at_ + index]; }

  engine::Plan plan(std::size_t min_trials, std::size_t max_trials, nanoseconds budget) const {
    const std::size_t stall_trials = asked_.max_stall_ns && asked_.goal != Goal::kStall ? 1 : 0;
    return {.warm_up_trials = 0,
            .min_trials = min_trials,
            .max_trials = max_trials,
            .stall_trials = stall_trials,
            .max_stall_trials = stall_trials * max_trials,
            .precision = 0,
            .budget = budget,
            .seed = request_.seed};
  }

  // The figures of a cell of the last part. No value if it failed: then its strategy is out.
  std::optional<Advice::Figures> figures(Tracked& tracked, std::size_t index) {
    const Cell& cell = measured(index);
    if (cell.status && *cell.status != engine::Outcome::kOk) {
      const bool unavailable = *cell.status == engine::Outcome::kUnavailable;
      if (!tracked.out) rule_out(tracked, unavailable ? Hurdle::kUnavailable : Hurdle::kFailed, cell.status_detail);
      return std::nullopt;
    }
    auto found = figures_of(cell, asked_.goal, tracked.candidate->may_lose_bytes(cell.parameters));
    if (!found) return std::nullopt;
    shortfalls_.add(cell.id, failures(*found, asked_));
    return found;
  }

  void adopt(Tracked& tracked, std::size_t index, const Advice::Figures& figures) {
    const Cell& cell = measured(index);
    tracked.settings = cell.parameters;
    tracked.lines = cell.parameters.lines;
    tracked.asked_lines = cell.asked_lines;
    tracked.cell = cell.id;
    tracked.figures = figures;
    std::vector<double> times;
    for (const engine::Sample& sample : cell.samples) {
      if (sample.total_ns) times.push_back(static_cast<double>(*sample.total_ns));
    }
    if (!times.empty()) tracked.trial_ns = engine::median(std::move(times));
  }

  // Whether a cell of the last part is better than another of it with the same strategy.
  bool is_better(std::size_t index, const Advice::Figures& own, std::size_t other,
                 const Advice::Figures& others) const {
    const double own_excess = excess(failures(own, asked_));
    const double other_excess = excess(failures(others, asked_));
    if (own_excess > 0 || other_excess > 0) return own_excess < 0.9 * other_excess;
    const std::vector<double> beside = ratios(measured(index), measured(other), asked_.goal);
    const auto less = std::count_if(beside.begin(), beside.end(), [](double ratio) { return ratio < 1; });
    return !beside.empty() && engine::median(beside) < kBetter &&
           static_cast<double>(less) >= kMostlyBetter * static_cast<double>(beside.size());
  }

  // Whether each candidate could keep the rate, in a short trial as fast as possible.
  bool capacity() {
    if (rate() <= 0 || all_.empty()) return true;
    observer_.part_begins(fmt::format("whether {} can keep the rate at all", strategies_text(all_.size())));
    Part part("capacity");
    const bool each_line = asked_.durability.kind == Durability::Kind::kLine;
    const std::uint64_t most = each_line ? std::max<std::uint64_t>(kFewestLines, 10 * asked_.writers) : 50'000;
    const auto lines = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(rate() / 20), kFewestLines, most);
    const Pointers tracked = alive();
    for (const Tracked* one : tracked)
      part.add(one->contestant(), one->settings, 0, std::min(lines, one->lines), std::nullopt);
    const bool complete = measure(part, {.warm_up_trials = 0,
                                         .min_trials = 1,
                                         .max_trials = 1,
                                         .stall_trials = 0,
                                         .max_stall_trials = 0,
                                         .budget = std::nullopt,
                                         .seed = request_.seed});
    for (std::size_t i = 0; i < tracked.size(); ++i) {
      const Cell& cell = measured(i);
      if (cell.status && *cell.status != engine::Outcome::kOk) {
        static_cast<void>(figures(*tracked[i], i));
        continue;
      }
      if (cell.samples.empty()) continue;
      const double ns = static_cast<double>(std::max<std::int64_t>(1, cell.samples.front().drained_ns.value_or(1)));
      const double found = 1e9 * static_cast<double>(cell.parameters.lines) / ns;
      if (found >= kTooSlow * rate()) continue;
      const Failure failure{Hurdle::kLinesPerSecond, rate(), found};
      if (asked_.max_stall_ns || asked_.max_memory_bytes) {
        shortfalls_.add_partly_tried(cell.id, {failure});
      } else {
        shortfalls_.add(cell.id, {failure});
      }
      rule_out(*tracked[i], Hurdle::kLinesPerSecond, fmt::format("writes {} lines/s at most", in_thousands(found)));
    }
    return complete;
  }

  bool first_look() {
    const Pointers tracked = alive();
    if (tracked.empty()) return true;
    observer_.part_begins("a first look at " + strategies_text(tracked.size()));
    const nanoseconds budget = std::min(share(kOfFirstLook), left());
    const std::size_t trials = kFirstTrials + (asked_.max_stall_ns && asked_.goal != Goal::kStall ? 1 : 0);
    const double seconds = std::clamp(
        1e-9 *
            static_cast<double>((budget / static_cast<std::int64_t>(tracked.size() * trials) - kAroundATrial).count()),
        kShortestSeconds, kLongestSeconds);
    Part part("first");
    for (const Tracked* one : tracked) {
      part.add(one->contestant(), one->settings, rate(), rate() > 0 ? paced_lines(seconds, one->lines) : one->lines,
               std::nullopt);
    }
    const auto harness = add_harness(part, part.cells.front().parameters.lines);
    const bool complete = fit_and_measure(part, plan(kFewestTrials, kFirstTrials, budget), budget);
    if (harness) {
      if (const auto found = figures_of(measured(*harness), asked_.goal)) harness_ns_ = found->value_ns;
    }
    for (std::size_t i = 0; i < tracked.size(); ++i) {
      if (auto found = figures(*tracked[i], i)) {
        adopt(*tracked[i], i, *found);
      } else {
        tracked[i]->out = true;  // it failed, or a signal came first
      }
    }
    drop_the_hopeless(tracked);
    note_the_best();
    return complete;
  }

  // The same lines without any writing, to tell what of a value at a rate is the harness's own, or the machine's.
  std::optional<std::size_t> add_harness(Part& part, std::uint64_t lines) const {
    if (!request_.harness || asked_.goal == Goal::kSpeed || rate() <= 0) return std::nullopt;
    return part.add(*request_.harness, request_.harness->cell.parameters, rate(), lines, std::nullopt);
  }

  // What two candidates may differ by without a reason to prefer one.
  double indifferent() const { return indifferent_ns(asked_, harness_ns_); }

  // Without a rate, slow cells run on a fraction of the lines.
  bool fit_and_measure(Part& part, engine::Plan plan, nanoseconds budget) {
    if (rate() > 0) return measure(part, plan);
    const auto began = request_.now();
    if (!engine::fit_lines(part.cells, part.runnables, *make_runner_(part.cells, part.runnables), budget, observer_)) {
      keep(part);
      return false;
    }
    if (asked_.max_memory_bytes) part.use_all_lines_of_mappings();
    plan.budget = std::max(nanoseconds(0), budget - (request_.now() - began));
    return measure(part, plan);
  }

  static bool has_sizes(const Tracked& tracked) { return tracked.candidate->size() != nullptr; }

  // Who fails a constraint beyond doubt, and who is certainly much worse than the best that fails none.
  void drop_the_hopeless(const Pointers& tracked) {
    for (Tracked* const one : tracked) {
      if (one->out) continue;
      for (const Failure& failure : failures(*one->figures, asked_)) {
        if (!is_hopeless(*one, failure)) continue;
        rule_out(*one, failure.constraint, failure_text(failure));
        break;
      }
    }
    const Pointers left = best_first();
    if (left.empty()) return;
    const Cell& best = *cell_of(report_, left.front()->cell);
    for (Tracked* const one : left) {
      const std::vector<double> beside = ratios(*cell_of(report_, one->cell), best, asked_.goal);
      const double limit = has_sizes(*one) ? kMuchWorseWithSizes : kMuchWorse;
      const bool always = beside.size() >= kFewestTrials &&
                          std::all_of(beside.begin(), beside.end(), [&](double ratio) { return ratio > limit; });
      const bool all_the_same = one->figures->value_ns - left.front()->figures->value_ns <= indifferent();
      if (one != left.front() && always && !all_the_same) rule_out_as_worse(*one, engine::median(beside));
    }
  }

  // Memory is the same in every trial, and the longest of a few stalls says little.
  static bool is_hopeless(const Tracked& tracked, const Failure& failure) {
    const bool by_chance = failure.constraint == Hurdle::kMaxStall && !tracked.figures->stall_p999_ns;
    const bool can_change = has_sizes(tracked) && failure.constraint != Hurdle::kLinesPerSecond;
    if (by_chance || can_change) return failure.excess() >= kFailsWithAnySize;
    return failure.constraint == Hurdle::kMaxMemory || failure.excess() >= kFailsBeyondDoubt;
  }

  void rule_out_as_worse(Tracked& tracked, double ratio) {
    rule_out(tracked, Hurdle::kCost, fmt::format("{:.{}f} times as much", ratio, ratio < 9.995 ? 2 : 0));
  }

  std::string failure_text(const Failure& failure) const {
    switch (failure.constraint) {
      case Hurdle::kLinesPerSecond: return fmt::format("wrote {} lines/s", in_thousands(failure.found));
      case Hurdle::kMaxStall: return fmt::format("held its callers for {:.3g} us", failure.found * 1e-3);
      default:
        return failure.found > 0 ? fmt::format("took {:.3g} KiB of memory", failure.found / 1024)
                                 : "its memory is not known";
    }
  }

  // As many of the best as there is time for, if each takes so many trials.
  Pointers affordable(Pointers tracked, std::size_t trials, nanoseconds budget, std::size_t least, std::size_t most) {
    double spent = 0;
    std::size_t count = 0;
    for (; count < std::min(tracked.size(), most); ++count) {
      spent += tracked[count]->trial_ns * static_cast<double>(trials);
      if (count >= least && spent > static_cast<double>(budget.count())) break;
    }
    tracked.resize(count);
    return tracked;
  }

  struct Sweep {
    Tracked* tracked;
    std::uint64_t factor = 4;
    bool open = true;
    std::set<std::uint64_t> tried = {};
  };

  // The values to try beside the best one so far.
  std::vector<std::uint64_t> neighbours(const Sweep& sweep) const {
    const Candidate& candidate = *sweep.tracked->candidate;
    const std::uint64_t value = sweep.tracked->settings.value(*candidate.size());
    const std::uint64_t bytes = candidate.contestant().runnable.content->offset_bytes(sweep.tracked->lines);
    std::vector<std::uint64_t> found;
    // Blocks that a trial does not fill are all the same to it, unless they take too much memory.
    const bool fills = candidate.size()->kind != Option::Kind::kBytes || bytes > value;
    const bool fails = !failures(*sweep.tracked->figures, asked_).empty();
    const std::uint64_t smaller = value / sweep.factor;
    if ((fills || fails) && smaller >= candidate.smallest_size()) found.push_back(smaller);
    const std::uint64_t larger = value * sweep.factor;
    if (larger <= candidate.largest_size()) found.push_back(larger);
    std::erase_if(found, [&](std::uint64_t one) {
      Parameters settings = sweep.tracked->settings;
      settings.set(*candidate.size(), one);
      return sweep.tried.contains(one) || !candidate.allowed(settings);
    });
    return found;
  }

  bool sizes() {
    // By value alone: who fails a constraint may fulfil it with another size.
    Pointers tracked = alive();
    std::erase_if(tracked, [](const Tracked* one) { return !has_sizes(*one); });
    std::stable_sort(tracked.begin(), tracked.end(),
                     [](const Tracked* a, const Tracked* b) { return a->figures->value_ns < b->figures->value_ns; });
    const nanoseconds budget = std::min(share(kOfSizes), left());
    const auto end = request_.now() + budget;
    std::vector<Sweep> sweeps;
    for (Tracked* const one : affordable(std::move(tracked), kTrialsOfASweep, budget, 3, all_.size()))
      sweeps.push_back({one});
    for (std::size_t step = 1; step <= kMostSteps; ++step) {
      const nanoseconds time = end - request_.now();
      if (time <= nanoseconds(0)) break;
      if (!size_step(sweeps, step, time / static_cast<std::int64_t>(step < 3 ? 3 : 2))) return false;
      if (std::none_of(sweeps.begin(), sweeps.end(), [](const Sweep& sweep) { return sweep.open; })) break;
    }
    note_the_best();
    return true;
  }

  bool size_step(std::vector<Sweep>& sweeps, std::size_t step, nanoseconds budget) {
    struct Tried {
      Sweep* sweep;
      std::size_t center;
      std::vector<std::size_t> others;
    };
    Part part(fmt::format("size-{}", step));
    std::vector<Tried> tried;
    for (Sweep& sweep : sweeps) {
      if (!sweep.open || sweep.tracked->out) continue;
      std::vector<std::uint64_t> values = neighbours(sweep);
      if (values.empty() && sweep.factor == 4) {
        sweep.factor = 2;
        values = neighbours(sweep);
      }
      if (values.empty()) {
        sweep.open = false;
        continue;
      }
      Tracked& tracked = *sweep.tracked;
      tried.push_back(
          {&sweep, part.add(tracked.contestant(), tracked.settings, rate(), tracked.lines, tracked.asked_lines), {}});
      for (const std::uint64_t value : values) {
        sweep.tried.insert(value);
        Parameters settings = tracked.settings;
        settings.set(*tracked.candidate->size(), value);
        tried.back().others.push_back(
            part.add(tracked.contestant(), settings, rate(), tracked.lines, tracked.asked_lines));
      }
    }
    if (tried.empty()) return true;
    observer_.part_begins(fmt::format("larger and smaller blocks, step {}", step));
    const bool complete = measure(part, plan(kFewestTrials, kMostTrials, budget));
    for (const Tried& one : tried) {
      if (!take_better(*one.sweep->tracked, one.center, one.others)) {
        one.sweep->open = one.sweep->factor == 4;
        one.sweep->factor = 2;
      }
    }
    return complete;
  }

  // Adopts the best of these cells of the last part, or else the one that has the settings as they are, measured anew.
  // Returns whether the settings changed.
  bool take_better(Tracked& tracked, std::size_t center, const std::vector<std::size_t>& others) {
    auto current = figures(tracked, center);
    if (!current) return false;
    std::size_t best = center;
    std::vector<std::size_t> fulfilling;
    if (excess(failures(*current, asked_)) == 0) fulfilling.push_back(center);
    for (const std::size_t other : others) {
      const Cell& cell = measured(other);
      if (cell.status && *cell.status != engine::Outcome::kOk) continue;  // only this setting fails
      auto found = figures(tracked, other);
      if (!found) continue;
      if (excess(failures(*found, asked_)) == 0) fulfilling.push_back(other);
      if (is_better(other, *found, best, *current)) {
        best = other;
        current = found;
      }
    }
    note_rivals(tracked, center, best, fulfilling);
    adopt(tracked, best, *current);
    return best != center;
  }

  // Keeps what is nearly as good as the best of these cells of the last part.
  void note_rivals(Tracked& tracked, std::size_t center, std::size_t best, const std::vector<std::size_t>& fulfilling) {
    const auto ratio_to_best = [&](std::size_t index) {
      const std::vector<double> beside = ratios(measured(index), measured(best), asked_.goal);
      return beside.empty() ? kNearlyAsGood : engine::median(beside);
    };
    const double center_to_best = ratio_to_best(center);  // those of before were compared with the center
    for (Rival& rival : tracked.rivals) rival.ratio *= center_to_best;
    std::erase_if(tracked.rivals, [&](const Rival& rival) { return rival.settings == measured(best).parameters; });
    for (const std::size_t index : fulfilling) {
      const Parameters& settings = measured(index).parameters;
      std::erase_if(tracked.rivals, [&](const Rival& rival) { return rival.settings == settings; });
      if (index != best) tracked.rivals.push_back({settings, ratio_to_best(index)});
    }
    std::erase_if(tracked.rivals, [](const Rival& rival) { return rival.ratio >= kNearlyAsGood; });
  }

  bool options() {
    Pointers tracked = best_first();
    std::erase_if(tracked, [](const Tracked* one) { return one->candidate->variants(one->settings).empty(); });
    const nanoseconds budget = std::min(share(kOfOptions), left());
    tracked = affordable(std::move(tracked), 4 * kFewestTrials, budget, 1, 8);
    if (tracked.empty() || budget <= nanoseconds(0)) return true;
    observer_.part_begins("the other options of the best");
    Part part("options");
    std::vector<std::pair<std::size_t, std::vector<std::size_t>>> tried;
    for (const Tracked* one : tracked) {
      tried.push_back({part.add(one->contestant(), one->settings, rate(), one->lines, one->asked_lines), {}});
      for (const Parameters& settings : one->candidate->variants(one->settings)) {
        tried.back().second.push_back(part.add(one->contestant(), settings, rate(), one->lines, one->asked_lines));
      }
    }
    const bool complete = measure(part, plan(kFewestTrials, kMostTrials, budget));
    for (std::size_t i = 0; i < tracked.size(); ++i) take_better(*tracked[i], tried[i].first, tried[i].second);
    note_the_best();
    return complete;
  }

  // Those that may be recommended: near enough to the best, and at least two.
  Pointers choose_finalists() {
    Pointers chosen = best_first();
    const auto hopeless = [&](const Tracked* one) { return excess(failures(*one->figures, asked_)) > kNearEnough; };
    for (Tracked* const one : chosen) {
      if (!hopeless(one)) continue;
      const Failure failure = failures(*one->figures, asked_).front();
      rule_out(*one, failure.constraint, failure_text(failure));
    }
    std::erase_if(chosen, [](const Tracked* one) { return one->out; });
    if (chosen.empty()) return chosen;
    const double least_ns = std::max(1e-9, chosen.front()->figures->value_ns);
    const auto ratio = [&](const Tracked* one) { return one->figures->value_ns / least_ns; };
    const double near_enough = std::max(kNearEnough, 1 + indifferent() / least_ns);
    // The best in any case; of the others that are near, those that would be preferred in a tie.
    if (chosen.size() > kFewestFinalists) {
      std::stable_sort(chosen.begin() + kFewestFinalists, chosen.end(), [&](const Tracked* a, const Tracked* b) {
        const auto key = [&](const Tracked& one) {
          return std::tuple(ratio(&one) > near_enough, one.candidate->strategy().effort, &one - all_.data());
        };
        return key(*a) < key(*b);
      });
    }
    std::size_t count = 0;
    for (; count < std::min(chosen.size(), kMostFinalists); ++count) {
      if (count >= kFewestFinalists && ratio(chosen[count]) > near_enough) break;
    }
    for (std::size_t i = count; i < chosen.size(); ++i) rule_out_as_worse(*chosen[i], ratio(chosen[i]));
    chosen.resize(count);
    return with_a_runner_up(std::move(chosen));
  }

  // The best of those that were ruled out as worse, so that the margin is known.
  Pointers with_a_runner_up(Pointers chosen) {
    if (chosen.size() != 1) return chosen;
    Tracked* next = nullptr;
    for (Tracked& tracked : all_) {
      const bool worse = tracked.out && tracked.figures && failures(*tracked.figures, asked_).empty() &&
                         std::any_of(advice_.ruled_out.begin(), advice_.ruled_out.end(), [&](const auto& out) {
                           return out.strategy == tracked.name() && out.by == Hurdle::kCost;
                         });
      if (worse && (next == nullptr || tracked.figures->value_ns < next->figures->value_ns)) next = &tracked;
    }
    if (next == nullptr) return chosen;
    std::erase_if(advice_.ruled_out, [&](const auto& out) { return out.strategy == next->name(); });
    next->out = false;
    chosen.push_back(next);
    return chosen;
  }

  bool finals() {
    Pointers finalists = choose_finalists();
    // In the order of the table, which decides among those that are as simple.
    std::sort(finalists.begin(), finalists.end(), [](const Tracked* a, const Tracked* b) { return a < b; });
    if (finalists.empty()) return true;
    observer_.part_begins(finalists.size() == 1 ? "the only one that is left"
                                                : fmt::format("the best {} against each other", finalists.size()));
    const nanoseconds budget = left();
    const auto cells = static_cast<std::int64_t>(finalists.size());
    const double seconds = std::clamp(
        1e-9 *
            static_cast<double>((budget / (cells * static_cast<std::int64_t>(kFinalRounds)) - kAroundATrial).count()),
        kShortestSeconds, kLongestFinalSeconds);
    std::uint64_t fewest = UINT64_MAX;  // all on the same lines
    for (const Tracked* one : finalists) fewest = std::min(fewest, one->lines);
    Part part("final");
    for (const Tracked* one : finalists) {
      const std::uint64_t asked = one->contestant().cell.parameters.lines;
      const std::uint64_t lines = rate() > 0 ? paced_lines(seconds, asked) : fewest;
      part.add(one->contestant(), one->settings, rate(), lines,
               rate() > 0 || lines == asked ? std::nullopt : std::optional(asked));
    }
    const std::vector<std::vector<std::size_t>> rivals = add_rivals(part, finalists, budget);
    const auto harness = add_harness(part, part.cells.front().parameters.lines);
    engine::Plan final_plan = plan(kFewestTrials, kFinalTrials, budget);
    if (asked_.goal != Goal::kStall) {
      final_plan.stall_trials = 1;  // shown in any case
      final_plan.max_stall_trials = asked_.max_stall_ns ? kFinalTrials : 3;
    }
    const bool complete = measure(part, final_plan);
    Pointers known;
    for (std::size_t i = 0; i < finalists.size(); ++i) {
      take_better(*finalists[i], i, rivals[i]);
      if (!finalists[i]->out) known.push_back(finalists[i]);
    }
    put_in_finalists(known);
    if (harness && !measured(*harness).samples.empty()) advice_.harness_cell = measured(*harness).id;
    return complete;
  }

  // Adds the best of the rivals of the finalists' settings, as many as there is time for. Returns the indices of each
  // finalist's rivals. At a rate there are none: trials are long, and what differs so little is tied.
  std::vector<std::vector<std::size_t>> add_rivals(Part& part, const Pointers& finalists, nanoseconds budget) const {
    std::vector<std::vector<std::size_t>> indices(finalists.size());
    if (rate() > 0) return indices;
    struct Chosen {
      const Rival* rival;
      std::size_t finalist;
      double value_ns;  // about
    };
    std::vector<Chosen> chosen;
    double round_ns = 0;
    for (std::size_t i = 0; i < finalists.size(); ++i) {
      round_ns += finalists[i]->trial_ns;
      for (const Rival& rival : finalists[i]->rivals) {
        chosen.push_back({&rival, i, rival.ratio * finalists[i]->figures->value_ns});
      }
    }
    std::stable_sort(chosen.begin(), chosen.end(),
                     [](const Chosen& a, const Chosen& b) { return a.value_ns < b.value_ns; });
    const double most_ns = static_cast<double>(budget.count()) / static_cast<double>(kFinalRounds);
    for (const Chosen& one : chosen) {
      const Tracked& tracked = *finalists[one.finalist];
      round_ns += tracked.trial_ns;
      if (round_ns > most_ns || part.cells.size() >= kMostFinalCells) break;
      const Cell& like = part.cells[one.finalist];
      indices[one.finalist].push_back(
          part.add(tracked.contestant(), one.rival->settings, rate(), like.parameters.lines, like.asked_lines));
    }
    return indices;
  }

  // What is known if a signal comes before the finalists.
  void note_the_best() {
    Pointers best = best_first();
    if (best.size() > kMostFinalists) best.resize(kMostFinalists);
    std::erase_if(best, [&](const Tracked* one) { return excess(failures(*one->figures, asked_)) > 0; });
    std::sort(best.begin(), best.end(), [](const Tracked* a, const Tracked* b) { return a < b; });
    put_in_finalists(best);
  }

  void put_in_finalists(const Pointers& tracked) {
    advice_.finalists.clear();
    for (const Tracked* one : tracked) {
      const Descriptor& strategy = one->candidate->strategy();
      Advice::Finalist finalist{.cell = one->cell,
                                .effort = strategy.effort,
                                .makes_space = strategy.makes_space && strategy.makes_space(one->settings)};
      finalist.figures.may_lose_bytes = one->figures->may_lose_bytes;
      advice_.finalists.push_back(std::move(finalist));
    }
  }

  // Nothing is left: whoever fails least is shown.
  Pointers nearest_to_fulfilling() {
    Pointers found;
    for (Tracked& tracked : all_) {
      if (tracked.figures) found.push_back(&tracked);
    }
    std::stable_sort(found.begin(), found.end(),
                     [&](const Tracked* a, const Tracked* b) { return is_before(a, b, asked_); });
    if (found.size() > 3) found.resize(3);
    return found;
  }

  const Request& request_;
  const Advice::Asked& asked_;
  const engine::MakeRunner& make_runner_;
  engine::RunObserver& observer_;
  reports::Report& report_;
  Advice& advice_;
  std::vector<Tracked> all_;
  Shortfalls shortfalls_;
  const std::chrono::steady_clock::time_point began_ = request_.now();
  std::size_t part_begins_at_ = 0;  // among the report's cells, of the last part
  int next_round_ = 0;
  std::optional<double> harness_ns_;  // the value of null in the first look
};

}  // namespace

bool search(const Request& request, const engine::MakeRunner& make_runner, engine::RunObserver& observer,
            reports::Report& report) {
  return Search(request, make_runner, observer, report).run();
}

std::chrono::nanoseconds least_budget(double lines_per_second, std::uint64_t lines, std::size_t candidates) {
  const std::uint64_t all_lines = std::min(lines, kFewestLines) * (kFewestTrials * candidates + kLeastFinalTrials);
  return nanoseconds(std::llround(1e9 * static_cast<double>(all_lines) / lines_per_second));
}

}  // namespace writebench::advise
