#include "gate/calibration.hpp"

#include <fmt/format.h>

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

// The measurements of one cell.
struct Measured {
  // For each slow-down, log(time with it / time without it) of every pair; the first entry is without a slow-down on
  // both sides.
  std::array<std::vector<double>, kInjected.size() + 1> ratios;
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
    for (const double share : kInjected) contenders.push_back(injector_(share));
    std::map<std::string, Measured> measured;
    for (const Cell& cell : cells_.cells) {
      if (!cell.status) measured[cell.id].cell = &cell;
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
    CalibratedCell cell{.id = id, .lines = measured.cell->parameters.lines};
    // The base, the head and the twin.
    cell.pairs = most_pairs(looks, std::chrono::nanoseconds(std::llround(3 * engine::median(measured.trial_ns))));
    cell.noise = 1.4826 * engine::median_absolute_deviation(measured.ratios[0]);
    for (std::size_t i = 0; i < kInjected.size(); ++i) {
      const std::vector<double>& pairs = measured.ratios[i + 1];
      const auto beyond = std::count_if(pairs.begin(), pairs.end(), [&](double d) { return d > limit_of(rule_, 0); });
      const double share = least_share(static_cast<std::size_t>(beyond), pairs.size());
      cell.power[i] = power(cell.pairs, share, rule_, schedule(looks).size(), cells);
      cell.pairs_for_power[i] = pairs_for(plan_.wanted_power, share, rule_, looks, cells);
    }
    return cell;
  }

  const reports::Report cells_;
  const Injector& injector_;
  const Rule& rule_;
  const CalibrationPlan& plan_;
  AbObserver& observer_;
  std::mt19937_64 random_{plan_.ab_session.seed};
};

}  // namespace

std::string machine_of(const reports::Report& report) {
  const engine::Environment& environment = report.environment;
  return fmt::format("{}, {} cpus, {} {}, {}", environment.cpu_model.value_or("unknown processor"), environment.cpus,
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
    run_to_run.known[{cell.id, cell.lines}] = *cell.run_to_run;
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
  if (calibration) comparison.notes.push_back(sentence(*calibration, head));
  return comparison;
}

std::string sentence(const Calibration& calibration, const reports::Report& head) {
  if (!is_of(calibration, head)) {
    return fmt::format("the calibration of {} is of another machine ({}) and is not used", calibration.made_at,
                       calibration.machine);
  }
  std::string powers;
  for (std::size_t i = 0; i < kInjected.size(); ++i) {
    double least = 1;
    for (const CalibratedCell& cell : calibration.cells) least = std::min(least, cell.power[i]);
    powers += fmt::format("{}{:.0f} % in {:.0f} %", i == 0 ? "" : ", ", 100 * kInjected[i], 100 * least);
  }
  std::string runs;
  if (const RunToRun run_to_run = run_to_run_of(calibration); !run_to_run.known.empty()) {
    double largest = 0;
    for (const auto& [cell, difference] : run_to_run.known) largest = std::max(largest, difference);
    runs = fmt::format("; two runs differ by up to {:.1f} %", 100 * std::expm1(largest));
  }
  return fmt::format("calibrated here on {}: {} false alarms in {} gates; of slow-downs such a gate finds {} or more{}",
                     calibration.made_at, calibration.false_alarms, calibration.gates, powers, runs);
}

}  // namespace writebench::gate
