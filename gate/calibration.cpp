#include "gate/calibration.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <random>

#include "engine/run/interrupt.hpp"
#include "gate/matching.hpp"
#include "reports/iso_time.hpp"

namespace writebench::gate {
namespace {

using Clock = std::chrono::steady_clock;
using engine::Cell;

// The power of a gate of n pairs if `share` of them is beyond the limit: the probability that the last look finds it,
// and that the confirmation does too.
double power(std::size_t pairs, double share, const Rule& rule, std::size_t looks, std::size_t cells) {
  const auto needed = engine::least_significant(pairs, rule.alpha / static_cast<double>(looks * cells));
  if (!needed) return 0;
  const double once = engine::at_least(*needed, pairs, share);
  return once * once;
}

// The lower end of the one-sided 95 % interval of a share, if it was seen `seen` times in n (Clopper and Pearson).
double least_share(std::size_t seen, std::size_t n) {
  double low = 0;
  double high = 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (low + high) / 2;
    (engine::at_least(seen, n, middle) < 0.05 ? low : high) = middle;
  }
  return low;
}

std::optional<std::size_t> pairs_for(double wanted, double share, const Rule& rule, InterimLooks looks,
                                     std::size_t cells) {
  for (looks.pairs = 10; looks.pairs <= 2000; looks.pairs += 10) {
    if (power(looks.pairs, share, rule, schedule(looks).size(), cells) >= wanted) return looks.pairs;
  }
  return std::nullopt;
}

// For each cell, the medians of the ratios to the reference, one for each gate.
class Medians {
 public:
  void add(const reports::Report& base) {
    for (const Cell& cell : base.cells) {
      const Cell* const reference = reference_of(cell, base);
      const std::vector<double> times = engine::times_ns(cell);
      if (reference == nullptr || reference == &cell || times.empty()) continue;
      medians_[cell.id].push_back(std::log(engine::median(times) / engine::median(engine::times_ns(*reference))));
    }
  }

  std::optional<double> range(const std::string& id) const {
    const auto found = medians_.find(id);
    if (found == medians_.end() || found->second.size() < kRunsToDiffer) return std::nullopt;
    const auto [low, high] = std::minmax_element(found->second.begin(), found->second.end());
    return *high - *low;
  }

 private:
  std::map<std::string, std::vector<double>> medians_;
};

std::vector<double> injected(const Rule& rule) {
  std::vector<double> shares(kInjected.begin(), kInjected.end());
  std::erase_if(shares, [&](double share) { return share <= rule.threshold; });
  return shares;
}

// The measurements of one cell.
struct Measured {
  // For each slow-down, log(time with it / time without it) of every pair; the first entry is without a slow-down on
  // both sides.
  std::vector<std::vector<double>> ratios;
  std::vector<double> trial_ns;  // including everything around the trial
  const Cell* cell = nullptr;
};

class Calibrator {
 public:
  Calibrator(const reports::Report& cells, const Injector& injector, const Rule& rule, const CalibrationPlan& plan,
             AbObserver& observer)
      : cells_(contestants(cells)), injector_(injector), rule_(rule), plan_(plan), observer_(observer) {}

  Calibration result() {
    Calibration calibration;
    calibration.made_at = reports::now_as_iso_text();
    calibration.rule = rule_;
    calibration.gates = plan_.gates;
    calibration.wanted_power = plan_.wanted_power;
    calibration.version = cells_.build.version;
    calibration.machine = machine_of(cells_);
    const Medians medians = run_gates(calibration);
    std::map<std::string, Measured> measured = measure();
    std::erase_if(measured, [&](const auto& cell) {
      const auto& ratios = cell.second.ratios;
      const bool fails = std::any_of(ratios.begin(), ratios.end(), [](const auto& pairs) { return pairs.empty(); });
      if (fails) calibration.left_out.push_back(cell.first);
      return fails;
    });
    if (measured.empty() && !calibration.left_out.empty()) {
      throw std::runtime_error("there is no cell to calibrate: the trials of all of them fail");
    }
    if (measured.empty()) throw SideError("there is no cell to calibrate: all fail, or are controls");
    for (const auto& [id, of_cell] : measured) {
      calibration.cells.push_back(calibrated(id, of_cell, measured.size()));
      calibration.cells.back().run_to_run = medians.range(id);
    }
    return calibration;
  }

 private:
  Medians run_gates(Calibration& calibration) {
    const auto base = injector_(0);
    const auto head = injector_(0);
    Medians medians;
    for (std::size_t gate = 0; gate < plan_.gates; ++gate) {
      AbPlan plan = plan_.ab_session;
      plan.seed += gate;
      ComparisonSettings settings;
      settings.rule = rule_;
      const AbResult result = ab_session({cells_, *base}, {cells_, *head}, settings, plan, observer_);
      if (!result.complete) throw Interrupted();
      calibration.false_alarms += tally(result.comparison).slower > 0;
      medians.add(result.base);
    }
    return medians;
  }

  std::map<std::string, Measured> measure() {
    std::vector<std::unique_ptr<engine::TrialRunner>> contenders;
    contenders.push_back(injector_(0));
    contenders.push_back(injector_(0));
    for (const double share : shares_) contenders.push_back(injector_(share));
    std::map<std::string, Measured> measured;
    for (const Cell& cell : cells_.cells) {
      if (cell.status) continue;
      measured[cell.id].cell = &cell;
      measured[cell.id].ratios.resize(shares_.size() + 1);
    }
    std::vector<std::size_t> order(contenders.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t pair = 0; pair < plan_.pairs; ++pair) {
      observer_.round_begins(AbObserver::Stage::kPairs, pair + 1, plan_.pairs, measured.size());
      for (auto& [id, of_cell] : measured) {
        std::shuffle(order.begin(), order.end(), random_);
        std::vector<double> logs(contenders.size());
        for (const std::size_t which : order) {
          const Clock::time_point began = now();
          logs[which] = log_time(*contenders[which], *of_cell.cell);
          if (which == 0) of_cell.trial_ns.push_back(static_cast<double>((now() - began).count()));
        }
        for (std::size_t i = 1; i < logs.size(); ++i) {
          if (std::isfinite(logs[i] - logs[0])) of_cell.ratios[i - 1].push_back(logs[i] - logs[0]);
        }
      }
    }
    return measured;
  }

  static double log_time(engine::TrialRunner& runner, const Cell& cell) {
    const auto result = runner.run({.cell = cell}, [] { return engine::interrupted() == 0; });
    if (!result) throw Interrupted();
    const auto time = value_of(metrics().front(), result->sample);
    return time ? std::log(*time) : std::numeric_limits<double>::quiet_NaN();
  }

  Clock::time_point now() const { return plan_.ab_session.now(); }

  CalibratedCell calibrated(const std::string& id, const Measured& measured, std::size_t cells) const {
    const InterimLooks& looks = plan_.ab_session.looks;
    CalibratedCell cell{.id = id, .identity = identity_of(*measured.cell)};
    // The base, the head and the twin.
    cell.pairs = most_pairs(looks, std::chrono::nanoseconds(std::llround(3 * engine::median(measured.trial_ns))),
                            measured.cell->parameters.durability);
    cell.noise = 1.4826 * engine::median_absolute_deviation(measured.ratios[0]);
    for (std::size_t i = 0; i < shares_.size(); ++i) {
      const std::vector<double>& pairs = measured.ratios[i + 1];
      const auto beyond = std::count_if(pairs.begin(), pairs.end(), [&](double d) { return d > limit_of(rule_, 0); });
      const double share = least_share(static_cast<std::size_t>(beyond), pairs.size());
      cell.slow_downs.push_back({.share = shares_[i],
                                 .beyond = share,
                                 .power = power(cell.pairs, share, rule_, schedule(looks).size(), cells),
                                 .pairs = pairs_for(plan_.wanted_power, share, rule_, looks, cells)});
    }
    return cell;
  }

  const reports::Report cells_;
  const Injector& injector_;
  const Rule& rule_;
  const std::vector<double> shares_ = injected(rule_);
  const CalibrationPlan& plan_;
  AbObserver& observer_;
  std::mt19937_64 random_{plan_.ab_session.seed};
};

std::string of_another_machine(const Calibration& calibration) {
  return fmt::format("the calibration of {} is of another machine ({}) and is not used", calibration.made_at,
                     calibration.machine);
}

constexpr const char* kOtherCells = "measured other strategies, lines, options or durability";

std::string covers_nothing(const Calibration& calibration, std::string_view because) {
  return fmt::format(
      "no calibration covers this: the one of {} {}; 'writebench calibrate' with the same options makes one that does",
      calibration.made_at, because);
}

struct Covered {
  const CalibratedCell* calibrated;
  std::string id;  // in the comparison: a sweep may give the same cell another
};

// The compared cells that were calibrated, and the ids of those that were not.
struct Coverage {
  std::vector<Covered> cells;
  std::vector<std::string> others;
};

Coverage coverage_of(const Calibration& calibration, const Comparison& comparison, const reports::Report& head) {
  Coverage coverage;
  for (const ComparedCell& compared : comparison.cells) {
    const auto cell = std::find_if(head.cells.begin(), head.cells.end(),
                                   [&](const Cell& candidate) { return candidate.id == compared.id; });
    const auto calibrated =
        std::find_if(calibration.cells.begin(), calibration.cells.end(), [&](const CalibratedCell& candidate) {
          return cell != head.cells.end() && candidate.identity == identity_of(*cell);
        });
    if (calibrated != calibration.cells.end()) {
      coverage.cells.push_back({&*calibrated, compared.id});
    } else {
      coverage.others.push_back(compared.id);
    }
  }
  return coverage;
}

std::string begin_of_sentence(const Calibration& calibration, const Coverage& coverage) {
  std::vector<std::string> ids;
  for (const Covered& cell : coverage.cells) ids.push_back(cell.id);
  return fmt::format("calibrated here on {} for {}", calibration.made_at,
                     coverage.others.empty() ? "these cells" : fmt::format("{}", fmt::join(ids, ", ")));
}

std::string end_of_sentence(const Coverage& coverage) {
  return coverage.others.empty() ? "" : fmt::format("; no calibration covers {}", fmt::join(coverage.others, ", "));
}

}  // namespace

std::string machine_of(const reports::Report& report) {
  const engine::Environment& environment = report.environment;
  const bool quota = environment.effective_cpus() < environment.cpus;
  return fmt::format("{}, {}{} cpus, {} {}, {}", environment.cpu_model.value_or("unknown processor"),
                     quota ? fmt::format("{:.3g} of ", environment.effective_cpus()) : "", environment.cpus,
                     environment.kernel, environment.architecture, environment.file_system);
}

Calibration calibrate(const reports::Report& cells, const Injector& injector, const Rule& rule,
                      const CalibrationPlan& plan, AbObserver& observer) {
  return Calibrator(cells, injector, rule, plan, observer).result();
}

double most_false_alarms(const Calibration& calibration) {
  return 1 - least_share(calibration.gates - calibration.false_alarms, calibration.gates);
}

RunToRun run_to_run_of(const Calibration& calibration) {
  RunToRun run_to_run;
  for (const CalibratedCell& cell : calibration.cells) {
    if (!cell.run_to_run) continue;
    run_to_run.known[cell.identity] = *cell.run_to_run;
    run_to_run.other = std::max(run_to_run.other, *cell.run_to_run);
  }
  return run_to_run;
}

bool is_of(const Calibration& calibration, const reports::Report& report) {
  return calibration.machine == machine_of(report);
}

Comparison compare(const reports::Report& base, const reports::Report& head, ComparisonSettings settings,
                   const std::optional<Calibration>& calibration) {
  if (calibration && is_of(*calibration, head)) settings.run_to_run = run_to_run_of(*calibration);
  Comparison comparison = compare(base, head, settings);
  if (calibration) comparison.notes.push_back(sentence(*calibration, comparison, head));
  return comparison;
}

std::string sentence(const Calibration& calibration, const AbResult& gate, const InterimLooks& looks) {
  const Comparison& comparison = gate.comparison;
  if (!is_of(calibration, gate.head)) return of_another_machine(calibration);
  const Rule& rule = comparison.settings.rule;
  if (comparison.settings.metric != &metrics().front()) return covers_nothing(calibration, "is of the time alone");
  if (rule.threshold != calibration.rule.threshold || rule.alpha != calibration.rule.alpha) {
    return covers_nothing(calibration, "is of another --threshold or --alpha");
  }
  Coverage coverage = coverage_of(calibration, comparison, gate.head);
  for (auto covered = coverage.cells.begin(); covered != coverage.cells.end();) {
    const bool ended = !gate.most_pairs.contains(covered->id);
    if (ended) coverage.others.push_back(covered->id);
    covered = ended ? coverage.cells.erase(covered) : covered + 1;
  }
  if (coverage.cells.empty()) return covers_nothing(calibration, kOtherCells);
  std::string powers;
  const std::vector<SlowDown>& slow_downs = coverage.cells.front().calibrated->slow_downs;
  for (std::size_t i = 0; i < slow_downs.size(); ++i) {
    double least = 1;
    for (const Covered& cell : coverage.cells) {
      least = std::min(least, power(gate.most_pairs.at(cell.id), cell.calibrated->slow_downs[i].beyond, rule,
                                    schedule(looks).size(), comparison.cells.size()));
    }
    powers += fmt::format("{}{:.0f} % in {:.0f} %", i == 0 ? "; of slow-downs such a gate finds " : ", ",
                          100 * slow_downs[i].share, 100 * least);
  }
  return fmt::format("{}: {} false alarms in {} gates{}{}{}", begin_of_sentence(calibration, coverage),
                     calibration.false_alarms, calibration.gates, powers, powers.empty() ? "" : " or more",
                     end_of_sentence(coverage));
}

std::string sentence(const Calibration& calibration, const Comparison& comparison, const reports::Report& head) {
  if (!is_of(calibration, head)) return of_another_machine(calibration);
  const bool paired = std::any_of(comparison.cells.begin(), comparison.cells.end(),
                                  [](const ComparedCell& cell) { return cell.basis == Basis::kPaired; });
  if (paired) return covers_nothing(calibration, "is of whole gates and of separate runs");
  Coverage coverage = coverage_of(calibration, comparison, head);
  if (coverage.cells.empty()) return covers_nothing(calibration, kOtherCells);
  std::optional<double> largest;
  for (const Covered& cell : coverage.cells) {
    if (const auto& differ = cell.calibrated->run_to_run) largest = std::max(largest.value_or(0), *differ);
  }
  if (!largest) return covers_nothing(calibration, "does not know by how much runs differ");
  return fmt::format("{}: two runs differ by up to {:.1f} %{}", begin_of_sentence(calibration, coverage),
                     100 * std::expm1(*largest), end_of_sentence(coverage));
}

}  // namespace writebench::gate
