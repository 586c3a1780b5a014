#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/lines/workload.hpp"
#include "engine/trial/histogram.hpp"
#include "engine/trial/sample.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// What a report says about a strategy: its descriptor without the functions.
struct StrategyTraits {
  std::string name;
  std::string family;
  Role role = Role::kStrategy;
  Contract contract = {};
  std::vector<std::string> command = {};  ///< of an external program: its words; else empty
  std::string language = {};              ///< as Descriptor has them
  std::string own_reference = {};

  StrategyTraits() = default;
  explicit StrategyTraits(const Descriptor& descriptor);
};

/// What a cell is: one strategy with one value for each of its options, on one workload. A plain value, so reports can
/// hold it.
struct CellSpec {
  std::string id;       ///< unique within a run
  std::string twin_of;  ///< the id of the cell that this one repeats; empty if it is not a twin
  StrategyTraits strategy;
  Parameters parameters;
  Workload workload;
  std::uint64_t bytes = 0;  ///< total of the job's lines; `null` writes none of them
  /// The lines that were asked for, if the cell runs on a fraction of them: all would take more than its share of the
  /// budget. Such a cell is ranked with no other, and its figures are shown per line.
  std::optional<std::uint64_t> asked_lines = std::nullopt;
  bool makes_space = false;  ///< Descriptor::makes_space with these parameters
};

class Program;

/// How a cell is run on this machine, which a report cannot hold.
struct Runnable {
  Descriptor strategy;
  std::shared_ptr<const Content> content;
  std::shared_ptr<const Program> program = nullptr;  ///< the external program that does it, if one does
};

/// What has been measured of a cell so far.
struct CellResults {
  Samples samples;
  std::size_t warm_up_trials = 0;  ///< run first and discarded
  /// From separate trials, so that their clock reads do not affect the samples: how long the caller was held in each
  /// append; for a strategy on an event loop, how late a timer on that loop was; and at a rate, how late lines came
  /// because of the waiting for them.
  Distribution caller_stall;
  Distribution loop_lag;
  Distribution pace_late;
  /// kOk until a trial fails; then the cell gets no more trials. No value before the first sample.
  std::optional<Outcome> status;
  std::string status_detail;

  void add(Sample sample);
};

/// A cell of a report: what it is, and what was measured.
struct Cell : CellSpec, CellResults {};

/// Why a strategy can never run on this machine with these parameters, as far as that is known before any trial; no
/// value if it can.
std::optional<std::string> unavailable(const Descriptor& strategy, const Parameters& parameters);

/// Whether two cells do the same work: the same lines at the same pace to the same kind of file, with the same
/// durability. Only such cells are compared. The call that makes bytes durable (kSyncCall) is a way to do the work, as
/// the other options are: after each of them the lines are on the device.
bool same_work(const CellSpec& a, const CellSpec& b);

/// The cell with all the lines that were asked for.
CellSpec as_asked(CellSpec cell);

/// "1/10": the fraction of the lines that the cell runs on; empty if it runs on all of them.
std::string lines_fraction(const CellSpec& cell);

/// time_ns() of every sample that has one, in the order measured.
std::vector<double> times_ns(const CellResults& results);

/// The time of a line in this trial. If the cell ran on a fraction of the lines that were asked for, its last sync
/// counts as one of all of them: so cells on different fractions can be compared. No value without a time or lines.
std::optional<double> ns_per_line(const CellSpec& cell, const Sample& sample);

}  // namespace writebench::engine
