#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gate/ab_session.hpp"

namespace writebench::gate {

/// The slow-downs that a calibration injects, as shares.
inline constexpr std::array<double, 3> kInjected{0.05, 0.10, 0.20};

/// How well the gate sees one cell on one machine.
struct CalibratedCell {
  std::string id;
  std::uint64_t lines = 0;
  double noise = 0;  ///< of a pair, as a logarithm: 1.4826 times the median distance of the pairs from their median
  /// The largest difference between the medians of any two gates, of ratios to the reference, as a logarithm. No
  /// value for the reference, without a reference, and if fewer than kRunsToDiffer gates were run.
  std::optional<double> run_to_run = std::nullopt;
  std::size_t pairs = 0;  ///< that a gate gives it at most
  /// For each of kInjected: how likely a gate calls the cell slower, at least; and how many pairs at most make that as
  /// likely as was wanted (no value if it would take more than 2000).
  std::array<double, kInjected.size()> power{};
  std::array<std::optional<std::size_t>, kInjected.size()> pairs_for_power{};
};

/// What the gate's verdicts are worth on one machine.
struct Calibration {
  std::string made_at;  ///< UTC, ISO 8601
  std::string version;
  std::string machine;  ///< machine_of() the reports it was made from
  Rule rule;
  double wanted_power = 0;
  std::size_t gates = 0;         ///< of the program against itself
  std::size_t false_alarms = 0;  ///< gates of these that called anything slower
  std::vector<CalibratedCell> cells;
  std::vector<std::string> left_out;  ///< cells whose trials fail
};

/// The highest rate of false alarms that so few leave possible, with 95 % confidence (Clopper and Pearson).
double most_false_alarms(const Calibration& calibration);

/// Fewer runs do not show by how much two of them may differ.
inline constexpr std::size_t kRunsToDiffer = 5;

/// By how much two runs differ, for ComparisonSettings.
RunToRun run_to_run_of(const Calibration& calibration);

/// A machine in a few words: what a calibration holds for.
std::string machine_of(const reports::Report& report);

/// Gives what runs the same trials held back by that share of their time.
using Injector = std::function<std::unique_ptr<engine::TrialRunner>(double share)>;

struct CalibrationPlan {
  std::size_t pairs = 100;  ///< with each slow-down
  std::size_t gates = 10;
  double wanted_power = 0.9;
  AbPlan ab_session;
};

/// Measures `cells` (a report without samples) against themselves: gates without a change, for false alarms; then pairs
/// with each slow-down, in turn, for the power. The power of a gate of n pairs follows from the share p of pairs beyond
/// the limit: that of at least as many of n (binomial) as the last look needs, twice, since what is slower is
/// confirmed; earlier looks add to it. For p stands the lower end of its one-sided 95 % interval (Clopper and Pearson).
/// A cell whose trials fail is left out. Throws SideError if no cell is left, Interrupted, and what a runner throws.
Calibration calibrate(const reports::Report& cells, const Injector& injector, const Rule& rule,
                      const CalibrationPlan& plan, AbObserver& observer);

/// As JSON text, and read back (std::nullopt if there is no such file; throws reports::BadReport if it is not one).
std::string to_json(const Calibration& calibration);
std::optional<Calibration> read_calibration(const std::string& path);

/// Whether it was made on the machine that a report is of.
bool is_of(const Calibration& calibration, const reports::Report& report);

/// What it says of a comparison of that head, in a sentence.
std::string sentence(const Calibration& calibration, const reports::Report& head);

/// Compares with what a calibration of the head's machine knows of it, if there is one, and states it.
Comparison compare(const reports::Report& base, const reports::Report& head, ComparisonSettings settings,
                   const std::optional<Calibration>& calibration);

}  // namespace writebench::gate
