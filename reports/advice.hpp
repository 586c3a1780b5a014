#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "reports/explanation.hpp"
#include "writebench/strategy.hpp"

namespace writebench::reports {

/// What `advise` looks for the least of, or the most.
enum class Goal {
  kCpu,    ///< the least processor time of a line
  kStall,  ///< the least 99.9th percentile of how long an append holds its caller
  kSpeed,  ///< the least time of a line
};
std::string_view to_string(Goal goal);

/// What can rule a strategy out: a constraint, by the name of its option, or something else.
enum class Hurdle {
  kSeveralWriters,  ///< it does not take several writers at once
  kOrder,           ///< it does not promise the order
  kFilePerWriter,   ///< it writes a file for each writer
  kPlaces,          ///< it must know every line's place beforehand
  kDurability,      ///< it cannot make each line durable
  kMaxLoss,         ///< it may lose more if the process dies
  kLinesPerSecond,  ///< it does not keep the rate
  kMaxStall,        ///< it holds its callers longer
  kMaxMemory,       ///< it takes more memory
  kUnavailable,     ///< it cannot run here
  kFailed,          ///< a trial failed
  kCost,            ///< it fulfils everything, and another one is better
};
std::string_view to_string(Hurdle hurdle);

/// What `writebench advise` adds to a report: what was asked for, what can fulfil it, and what was measured of the
/// best. The cells are named by their ids.
struct Advice {
  struct Asked {
    Goal goal = Goal::kSpeed;
    std::optional<double> lines_per_second = {};
    std::uint64_t writers = 1;
    Order order = Order::kGlobal;
    bool file_per_writer = false;  ///< a file for each writer is acceptable
    Durability durability = {};
    std::optional<std::int64_t> max_stall_ns = {};
    std::optional<std::uint64_t> max_loss_bytes = {};  ///< if the process dies
    std::optional<std::int64_t> max_loss_ns = {};      ///< as it was given, if it was given as a time
    std::optional<std::uint64_t> max_memory_bytes = {};
    std::string language = {};  ///< of the program that is to write the lines; empty if it was not said
  };

  /// A strategy that can fulfil the constraints by its contract.
  struct Candidate {
    std::string strategy = {};
    Effort effort = Effort::kKernel;
    std::string size_option = {};            ///< whose values were searched first; empty if it has no such option
    std::uint64_t largest_value = 0;         ///< of it, that the constraints allow
    std::uint64_t smallest_value = 0;        ///< that was to be considered
    std::vector<std::string> settings = {};  ///< that it begins with, as --set takes them
  };

  /// What was measured of a cell. Of the trials, each figure is the median.
  struct Figures {
    std::size_t trials = 0;
    std::size_t disturbed_trials = 0;
    double value_ns = 0;  ///< what the goal is about
    double ns_per_line = 0;
    std::optional<double> cpu_ns_per_line = {};
    std::optional<double> stall_p999_ns = {};  ///< absent if there were too few appends
    std::optional<double> stall_max_ns = {};   ///< the longest of all
    std::optional<double> memory_bytes = {};   ///< growth of the resident memory, at least what may be lost
    bool keeps_rate = true;
    std::optional<std::uint64_t> may_lose_bytes = {};  ///< if the process dies, by arithmetic
  };

  /// One of the cells that were compared in the end.
  struct Finalist {
    std::string cell = {};
    Effort effort = Effort::kKernel;
    Figures figures = {};
    Estimate ratio = {};       ///< its value over that of the first of the finalists, round by round
    std::size_t rounds = 0;    ///< that both have
    bool tied = false;         ///< with the best
    bool fulfils = true;       ///< every constraint that is measured
    bool makes_space = false;  ///< of the file, before the clock starts
  };

  struct RuledOut {
    std::string strategy = {};
    Hurdle by = Hurdle::kCost;
    std::string reason = {};
  };

  /// If nothing fulfils all constraints: what one of them would have to be, and the cell that fulfils all others and
  /// comes nearest to it.
  struct Nearest {
    Hurdle constraint = Hurdle::kMaxStall;
    std::string cell = {};
    double asked = 0;  ///< lines per second, ns or bytes
    double found = 0;
  };

  Asked asked = {};
  std::vector<Candidate> candidates = {};
  std::vector<Finalist> finalists = {};  ///< the recommended one first, if one is; the others by their values
  bool recommended = false;              ///< whether the first is
  /// The cell of `null` that shared the rounds of the finalists, and its value: what of theirs is the harness's own, or
  /// the machine's. Only at a rate.
  std::string harness_cell = {};
  std::optional<double> harness_ns = {};
  double tie_margin = 0;  ///< values that differ by less than this share of the best are tied
  std::vector<RuledOut> ruled_out = {};
  std::vector<Nearest> nearest = {};
  std::vector<Explanation::Finding> findings = {};  ///< in words; the last can be pasted into a design document
};

}  // namespace writebench::reports
