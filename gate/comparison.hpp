#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gate/environment_difference.hpp"
#include "gate/matching.hpp"
#include "gate/metric.hpp"
#include "gate/verdict.hpp"
#include "reports/report.hpp"

namespace writebench::gate {

/// How the two sides of a cell are compared.
enum class Basis {
  kPaired,     ///< trial by trial: both sides were measured in turn, in one session
  kReference,  ///< each as a ratio to the reference of its own run
  kDirect,     ///< the times of two runs, directly
};

std::string_view to_string(Basis basis);

/// By how much two runs of the same program may differ, as logarithms: for a cell's ratios to the reference, by
/// identity_of() the cell, if that was measured; and for everything else.
struct RunToRun {
  std::map<std::string, double> known = {};
  double other = 0.05;

  double of(const engine::Cell& cell) const;
};

/// How to compare.
struct ComparisonSettings {
  const Metric* metric = &metrics().front();
  Rule rule;
  RunToRun run_to_run = {};  ///< widens the limits of cells that were not paired
};

/// The verdict on one cell, and its basis.
struct ComparedCell {
  std::string id;
  Basis basis = Basis::kDirect;
  std::uint64_t lines = 0;    ///< of one trial
  std::size_t size = 0;       ///< pairs, or the trials of the side that has fewer
  std::size_t disturbed = 0;  ///< trials of either side that had a disturbance
  double base = 0;            ///< median of the metric
  double head = 0;            ///< likewise
  double difference = 0;      ///< head minus base, as a logarithm; of ratios if the basis is the reference
  double allowance = 0;       ///< the amount by which the limits were widened, likewise
  Judgement judgement;
  std::optional<double> twin_difference;  ///< of the base from itself
  std::string reason;                     ///< why it is inconclusive, or other remarks; may be empty
};

/// Which program measured a side, and when.
struct ComparedReport {
  std::string name;  ///< the user's name for it: a file, a program
  std::string version;
  std::string commit;  ///< of its sources; empty: not known
  std::string started_at;
  bool complete = true;  ///< false: the run was interrupted, or went on when the report was read
};

struct Comparison {
  ComparedReport base, head;
  ComparisonSettings settings;
  std::vector<Difference> differences;
  std::vector<ComparedCell> cells;
  std::vector<Unmatched> not_compared;
  std::vector<std::string> notes;  ///< sentences for the user
};

/// Compares two reports cell by cell. Pairs their trials if both are sides of one session (Report::pairing).
Comparison compare(const reports::Report& base, const reports::Report& head, const ComparisonSettings& settings);

/// The result of a comparison as a whole.
struct Tally {
  std::size_t slower = 0, faster = 0, same = 0, inconclusive = 0, failed = 0;
};
Tally tally(const Comparison& comparison);

/// Whether a cell is not compared because a strategy failed, in the base or in the head.
bool broken(const Comparison& comparison);

}  // namespace writebench::gate
