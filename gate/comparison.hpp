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

/// What a cell's two sides are held against each other by.
enum class Basis {
  kPaired,     ///< trial by trial: both sides were measured in turn, in one session
  kReference,  ///< each as a ratio to the reference of its own run
  kDirect,     ///< the times themselves, of two runs
};

std::string_view to_string(Basis basis);

/// By how much two runs of the same thing may differ, as logarithms: the times of a cell as ratios to the reference, by
/// its id and lines, where that was measured; and everything else.
struct RunToRun {
  std::map<std::pair<std::string, std::uint64_t>, double> known = {};
  double other = 0.05;

  double of(const engine::Cell& cell) const;
};

/// How to compare.
struct ComparisonSettings {
  const Metric* metric = &metrics().front();
  Rule rule;
  RunToRun run_to_run = {};  ///< widens the limits of what was not paired
};

/// The verdict on one cell, and what it rests on.
struct ComparedCell {
  std::string id;
  Basis basis = Basis::kDirect;
  std::uint64_t lines = 0;    ///< of one trial
  std::size_t size = 0;       ///< pairs, or the trials of the side that has fewer
  std::size_t disturbed = 0;  ///< trials of either side with a cause to doubt them
  double base = 0;            ///< median of the metric
  double head = 0;            ///< likewise
  double difference = 0;      ///< head minus base, as a logarithm; of ratios where the basis is the reference
  double allowance = 0;       ///< that the limits were widened by, likewise
  Judgement judgement;
  std::optional<double> twin_difference;  ///< of the base against itself
  std::string reason;                     ///< why it is inconclusive, or what else should be known; may be empty
};

/// Which program measured a side, and when.
struct ComparedReport {
  std::string name;  ///< as the user calls it: a file, a program
  std::string version;
  std::string started_at;
};

struct Comparison {
  ComparedReport base, head;
  ComparisonSettings settings;
  std::vector<Difference> differences;
  std::vector<ComparedCell> cells;
  std::vector<Unmatched> not_compared;
  std::vector<std::string> notes;  ///< sentences for people
};

/// Compares two reports cell by cell. Paired where both are the sides of one session (Report::pairing).
Comparison compare(const reports::Report& base, const reports::Report& head, const ComparisonSettings& settings);

/// What a comparison comes to.
struct Tally {
  std::size_t slower = 0, faster = 0, same = 0, inconclusive = 0, failed = 0;
};
Tally tally(const Comparison& comparison);

}  // namespace writebench::gate
