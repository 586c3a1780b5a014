#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/statistics.hpp"
#include "engine/trial/stages.hpp"

namespace writebench::reports {

/// A median with its interval; the interval is absent if there are too few values.
struct Estimate {
  double median = 0;
  std::optional<engine::Interval> ci95 = {};
};

/// What the dispatched writes of a cell consisted of, over all trials that timed their stages.
struct StageSummary {
  struct Part {
    std::string name;  ///< engine::to_string(engine::Stage)
    double mean_ns = 0;
    std::optional<double> p50_ns = {};  ///< absent if there are too few dispatches
    std::optional<double> p99_ns = {};  ///< likewise
  };

  std::string cell = {};
  std::size_t trials = 0;
  std::uint64_t dispatches = 0;
  bool awaited = false;                   ///< whether the caller waits for the answers
  std::vector<Part> parts = {};           ///< in order; their means add up to `whole_ns`
  double whole_ns = 0;                    ///< the mean of one dispatched write
  double hand_over_ns = 0;                ///< the mean of the call that hands it over; overlaps with the first parts
  double same_processor_share = 0;        ///< of the dispatches whose caller and pool thread ran on one processor
  double queue_mean = 0;                  ///< pieces of work already in the pool's queue when one joined it
  std::uint64_t queue_max = 0;            ///< likewise
  std::optional<double> loop_wakes = {};  ///< write calls per dispatch that went to no file: to an eventfd(2)
  std::optional<double> pool_wakes = {};  ///< futex(2) calls per dispatch that wake a thread, as the kernel counts them
  double switches = 0;                    ///< voluntary context switches of all threads, per dispatch
  double caller_delay_ns = 0;             ///< per dispatch, the caller was ready to run but had no processor
  double pool_delay_ns = 0;               ///< likewise, all other threads together
  double line_ns = 0;                     ///< mean time of a line in these trials
  double unstaged_line_ns = 0;            ///< the same in trials between them that timed no stages
};

/// What `writebench explain` adds to a report: which cells answer which question, the stages, and what follows. The
/// cells are named by their ids. What follows (prices, ratios, break-even, findings) is computed from the samples
/// again when a report is explained.
struct Explanation {
  /// One variant of the ladder, and what it does beyond the one before it.
  struct Step {
    std::string cell = {};
    std::string adds = {};  ///< empty for the first
    double ns_per_line = 0;
    Estimate added_ns = {};  ///< per line, beyond the variant before
    /// Nine of ten rounds lie between, so another run most likely does too; absent if there are too few.
    std::optional<engine::Interval> rounds_ns = {};
  };

  /// A cell beside another one with which it shares its rounds.
  struct Beside {
    std::string cell = {};
    std::string reference = {};
    Estimate ratio = {};  ///< the time of a line over that of the reference
  };

  /// The size of a block from which `buffered` costs no more than the reference.
  struct BreakEven {
    double block_bytes = 0;
    std::optional<engine::Interval> interval = {};  ///< of block_bytes
    double lines = 0;                               ///< in such a block
  };

  /// A sentence that follows from the figures.
  struct Finding {
    std::string code = {};  ///< kebab-case; it stays the same in all versions
    std::string text = {};
  };

  std::string subject = {};    ///< the id of the cell that is explained
  std::string reference = {};  ///< the id of the cell that it is compared with
  std::vector<Step> ladder = {};
  std::vector<StageSummary> stages = {};
  std::vector<Beside> variants = {};     ///< the subject with other numbers of threads and on other processors
  std::vector<Beside> block_sizes = {};  ///< `buffered` with larger and larger blocks
  std::optional<BreakEven> break_even = {};
  std::vector<Beside> thinks = {};  ///< `double-buffered` beside `sync-buffered`, for callers busy longer and longer
  std::vector<std::string> paced = {};    ///< cells at a pace
  std::vector<std::string> durable = {};  ///< cells at a pace whose lines are durable one by one
  std::vector<Finding> findings = {};
};

}  // namespace writebench::reports
