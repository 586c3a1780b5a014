#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/ab_session.hpp"

namespace writebench::gate {

/// The slow-downs that a calibration injects, as shares. It leaves out those that are not above the rule's threshold: a
/// gate is not meant to find them.
inline constexpr std::array<double, 3> kInjected{0.05, 0.10, 0.20};

/// How well the gate detects one slow-down of one cell.
struct SlowDown {
  double share = 0;
  double beyond = 0;  ///< the least share of the pairs that are beyond the limit
  double power = 0;   ///< the least probability that a gate of CalibratedCell::pairs pairs calls the cell slower
  /// The greatest number of pairs needed to reach the wanted probability; no value if it would take more than 2000.
  std::optional<std::size_t> pairs;
};

/// How well the gate detects slow-downs of one cell on one machine.
struct CalibratedCell {
  std::string id;
  std::string identity;  ///< identity_of() the cell: a calibration speaks for no other
  double noise = 0;      ///< of a pair, as a logarithm: 1.4826 times the median absolute deviation
  /// The largest difference between the medians of any two gates, of ratios to the reference, as a logarithm. No value
  /// for the reference, without a reference, and if fewer than kRunsToDiffer gates were run.
  std::optional<double> run_to_run = std::nullopt;
  std::size_t pairs = 0;                  ///< the maximum that a gate gives it
  std::vector<SlowDown> slow_downs = {};  ///< the same shares for all cells of a calibration, ascending
};

/// How reliable the gate's verdicts are on one machine.
struct Calibration {
  std::string made_at;  ///< UTC, ISO 8601
  std::string version;
  std::string machine;  ///< machine_of() the reports that it was made from
  Rule rule;
  double wanted_power = 0;
  std::size_t gates = 0;         ///< comparisons of the program with itself
  std::size_t false_alarms = 0;  ///< the gates that called any cell slower
  std::vector<CalibratedCell> cells;
  std::vector<std::string> left_out;  ///< cells whose trials failed
};

/// The highest rate of false alarms that is consistent with the number seen, at 95 % confidence (Clopper and Pearson).
double most_false_alarms(const Calibration& calibration);

/// The minimum number of runs that can show by how much two of them differ.
inline constexpr std::size_t kRunsToDiffer = 5;

/// By how much two runs may differ, for ComparisonSettings.
RunToRun run_to_run_of(const Calibration& calibration);

/// A short description of the machine; a calibration is valid for one machine.
std::string machine_of(const reports::Report& report);

/// Returns a runner for the same trials, slowed down by `share` of their time.
using Injector = std::function<std::unique_ptr<engine::TrialRunner>(double share)>;

struct CalibrationPlan {
  std::size_t pairs = 100;  ///< with each slow-down
  std::size_t gates = 10;
  double wanted_power = 0.9;
  AbPlan ab_session;
};

/// Measures `cells` (a report without samples) against themselves: first gates without a change, for false alarms; then
/// pairs with each slow-down in turn, for the power. The power of a gate of n pairs follows from the share p of pairs
/// beyond the limit: it is the binomial probability that at least as many of n are beyond it as the last look needs,
/// squared, because a slower cell must be confirmed. Earlier looks only add to it. p is taken as the lower end of its
/// one-sided 95 % interval (Clopper and Pearson). A cell whose trials fail is left out. Throws SideError if no cell is
/// left, Interrupted, and what a runner throws.
Calibration calibrate(const reports::Report& cells, const Injector& injector, const Rule& rule,
                      const CalibrationPlan& plan, AbObserver& observer);

/// Converts it to JSON text and back (std::nullopt if there is no such file; throws reports::BadReport if it is not a
/// calibration).
std::string to_json(const Calibration& calibration);
std::optional<Calibration> read_calibration(const std::string& path);

/// Whether it was made on the machine that measured the report.
bool is_of(const Calibration& calibration, const reports::Report& report);

/// One sentence about what it means for a gate: which of the gate's cells it measured, and how much a gate with that
/// rule and that many pairs of them finds. It says so if it covers none.
std::string sentence(const Calibration& calibration, const AbResult& gate, const InterimLooks& looks);

/// Likewise for a comparison of two runs: by how much runs of those cells differ that it measured.
std::string sentence(const Calibration& calibration, const Comparison& comparison, const reports::Report& head);

/// Compares with the help of a calibration of the head's machine, if there is one, and adds its sentence to the notes.
Comparison compare(const reports::Report& base, const reports::Report& head, ComparisonSettings settings,
                   const std::optional<Calibration>& calibration);

}  // namespace writebench::gate
