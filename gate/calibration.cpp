#include "gate/calibration.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <map>
#include <numeric>
#include <random>

namespace writebench::gate {
namespace {

using engine::Cell;

// How likely a gate of n pairs, of which that share is beyond the limit, says so: at its last look, and again when it
// is confirmed.
double power(std::size_t pairs, double share, const Rule& rule, std::size_t looks, std::size_t cells) {
  const double alpha = rule.alpha / static_cast<double>(cells);
  const auto look = engine::least_significant(pairs, alpha / static_cast<double>(looks));
  const auto confirmation = engine::least_significant(pairs, alpha);
  if (!look || !confirmation) return 0;
  return engine::at_least(*look, pairs, share) * engine::at_least(*confirmation, pairs, share);
}

std::optional<std::size_t> pairs_for(double wanted, double share, const Rule& rule, std::size_t looks,
                                     std::size_t cells) {
  for (std::size_t pairs = 10; pairs <= 2000; pairs += 10) {
    if (power(pairs, share, rule, looks, cells) >= wanted) return pairs;
  }
  return std::nullopt;
}

// For each cell the medians of each gate: of ratios to the reference where there is one.
class RunToRun {
 public:
  void add(const reports::Report& base) {
    const auto reference = std::find_if(base.cells.begin(), base.cells.end(),
                                        [](const Cell& cell) { return cell.strategy.name == reports::kReference; });
    const bool known = reference != base.cells.end() && !engine::times_ns(*reference).empty();
    const double unit = known ? engine::median(engine::times_ns(*reference)) : 1;
    for (const Cell& cell : base.cells) {
      const std::vector<double> times = engine::times_ns(cell);
      if (times.empty() || (known && &cell == &*reference)) continue;
      medians_[cell.id].push_back(std::log(engine::median(times) / unit));
    }
  }

  double largest() const {
    double largest = 0;
    for (const auto& [id, medians] : medians_) {
      const auto [low, high] = std::minmax_element(medians.begin(), medians.end());
      largest = std::max(largest, *high - *low);
    }
    return largest;
  }

 private:
  std::map<std::string, std::vector<double>> medians_;
};

// The logarithms of one cell's time with each slow-down over that without, pair by pair; the first is without both.
using Ratios = std::array<std::vector<double>, kInjected.size() + 1>;

class Calibrator {
 public:
  Calibrator(const Injector& injector, const Rule& rule, const CalibrationPlan& plan, DuelObserver& observer)
      : injector_(injector), rule_(rule), plan_(plan), observer_(observer) {}

  Calibration result() {
    Calibration calibration;
    calibration.made_at = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
    calibration.rule = rule_;
    calibration.pairs = plan_.duel.pairs;
    calibration.gates = plan_.gates;
    const auto plain = injector_(0);
    const reports::Report cells = plain->cells();
    calibration.version = cells.build.version;
    calibration.machine = machine_of(cells);
    run_gates(calibration);
    std::map<std::string, Ratios> ratios = measure(cells);
    for (const auto& [id, of_cell] : ratios) calibration.cells.push_back(calibrated(id, of_cell, ratios.size()));
    return calibration;
  }

 private:
  void run_gates(Calibration& calibration) {
    const auto base = injector_(0);
    const auto head = injector_(0);
    RunToRun run_to_run;
    for (std::size_t gate = 0; gate < plan_.gates; ++gate) {
      DuelPlan plan = plan_.duel;
      plan.seed += gate;
      Terms terms;
      terms.rule = rule_;
      const DuelResult result = duel(*base, *head, terms, plan, observer_);
      if (!result.complete) throw Interrupted();
      calibration.false_alarms += tally(result.comparison).slower > 0;
      run_to_run.add(result.base);
    }
    calibration.run_to_run = run_to_run.largest();
  }

  std::map<std::string, Ratios> measure(const reports::Report& cells) {
    std::vector<std::unique_ptr<Contender>> contenders;
    contenders.push_back(injector_(0));
    contenders.push_back(injector_(0));
    for (const double share : kInjected) contenders.push_back(injector_(share));
    std::vector<std::string> ids;
    for (const Cell& cell : cells.cells) {
      const bool control = cell.strategy.family == "control";
      if (!cell.status && !control && cell.id.find('#') == std::string::npos) ids.push_back(cell.id);
    }
    std::map<std::string, Ratios> ratios;
    std::vector<std::size_t> order(contenders.size());
    std::iota(order.begin(), order.end(), 0);
    for (std::size_t pair = 0; pair < plan_.pairs; ++pair) {
      observer_.round_begins(DuelObserver::Stage::kPairs, pair + 1, plan_.pairs, ids.size());
      for (const std::string& id : ids) {
        std::shuffle(order.begin(), order.end(), random_);
        std::vector<double> logs(contenders.size());
        for (const std::size_t which : order) logs[which] = log_time(*contenders[which], id);
        for (std::size_t i = 1; i < logs.size(); ++i) {
          if (std::isfinite(logs[i] - logs[0])) ratios[id][i - 1].push_back(logs[i] - logs[0]);
        }
      }
    }
    return ratios;
  }

  static double log_time(Contender& contender, const std::string& id) {
    const auto time = value_of(metrics().front(), contender.trial(id));
    return time ? std::log(*time) : std::numeric_limits<double>::quiet_NaN();
  }

  CalibratedCell calibrated(const std::string& id, const Ratios& ratios, std::size_t cells) const {
    CalibratedCell cell{.id = id};
    if (ratios[0].empty()) return cell;
    cell.noise = 1.4826 * engine::median_absolute_deviation(ratios[0]);
    for (std::size_t i = 0; i < kInjected.size(); ++i) {
      const std::vector<double>& pairs = ratios[i + 1];
      const auto beyond = std::count_if(pairs.begin(), pairs.end(), [&](double d) { return d > limit_of(rule_, 0); });
      const double share = static_cast<double>(beyond) / static_cast<double>(std::max<std::size_t>(1, pairs.size()));
      cell.power[i] = power(plan_.duel.pairs, share, rule_, plan_.duel.looks, cells);
      cell.pairs_for_90[i] = pairs_for(0.9, share, rule_, plan_.duel.looks, cells);
    }
    return cell;
  }

  const Injector& injector_;
  const Rule& rule_;
  const CalibrationPlan& plan_;
  DuelObserver& observer_;
  std::mt19937_64 random_{plan_.duel.seed};
};

}  // namespace

std::string machine_of(const reports::Report& report) {
  const engine::Environment& environment = report.environment;
  return fmt::format("{}, {} cpus, {} {}, {}", environment.cpu_model.value_or("unknown processor"), environment.cpus,
                     environment.kernel, environment.architecture, environment.file_system);
}

Calibration calibrate(const Injector& injector, const Rule& rule, const CalibrationPlan& plan, DuelObserver& observer) {
  return Calibrator(injector, rule, plan, observer).result();
}

bool is_of(const Calibration& calibration, const reports::Report& report) {
  return calibration.machine == machine_of(report);
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
    powers += fmt::format("{}{:+.0f} % in {:.0f} %", i == 0 ? "" : ", ", 100 * kInjected[i], 100 * least);
  }
  return fmt::format(
      "calibrated here on {}: {} false alarms in {} gates; {} pairs find {} of cases or more; two runs "
      "differ by up to {:.1f} %",
      calibration.made_at, calibration.false_alarms, calibration.gates, calibration.pairs, powers,
      100 * std::expm1(calibration.run_to_run));
}

}  // namespace writebench::gate
