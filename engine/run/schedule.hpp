#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace writebench::engine {

/// Every cell takes part in the first rounds, even after it has converged, so that cells and runs can be compared round
/// by round. A cell that would exceed its share of the budget is the exception.
inline constexpr std::size_t kCommonRounds = 40;

/// How much to measure.
struct Plan {
  std::size_t warm_up_trials = 1;  ///< of each cell, run first and discarded
  std::size_t min_trials = 3;      ///< of each cell, if the budget allows; always at least 1
  std::size_t max_trials = 100;    ///< at least 1
  std::size_t stall_trials = 1;    ///< of each cell, to measure stalls only, if the budget allows
  /// Cells with too few stalls for their percentiles get up to so many, but no more than they have measured trials.
  std::size_t max_stall_trials = 100;
  /// A cell has converged when the 95 % interval of its median is narrower than this share of the median, and it has
  /// kCommonRounds trials.
  double precision = 0.02;
  /// For all cells together, with everything around the trials. Without a value there is no limit.
  std::optional<std::chrono::nanoseconds> budget = std::chrono::seconds(45);
  std::uint64_t seed = 0;  ///< determines the order within the rounds
};

/// The budget of a run of that many cells if none is given. What a run takes beyond it, for its last trial and its
/// report, lets a run of all strategies still end within a minute.
constexpr std::chrono::nanoseconds usual_budget(std::size_t cells) {
  return cells < 20 ? *Plan{}.budget : std::chrono::seconds(55);
}

/// One trial of each cell that still needs one of this kind.
struct Round {
  enum class Kind { kWarmUp, kMeasure, kStall };
  Kind kind = Kind::kMeasure;
  std::vector<std::size_t> order;  ///< of the cells; empty when the run is over
};

/// Decides which cells run in the next round, in which order, and whether a cell may still start. It reads no clock:
/// the caller passes the time, so tests need no clock either.
///
/// First comes the warm-up, in the order of the cells, so that a first result shows at once. Then come rounds in a
/// shuffled order that the seed reproduces, each rotated against the one before: in as many rounds as there are cells,
/// each cell has every place once, so the effects of a place (heat, the neighbour's leftovers) affect all cells. When
/// every cell has its minimum, the stall rounds follow, then the remaining rounds, with further stall rounds between
/// them for cells that still lack stalls. In these, a cell that has had its kCommonRounds trials, or its share of the
/// budget, waits while it has spent more than the others.
class Schedule {
 public:
  Schedule(const Plan& plan, std::size_t cells);

  /// The next round; `elapsed` counts from the start of the run.
  Round next_round(std::chrono::nanoseconds elapsed);

  /// Whether the cell still fits the budget when its turn comes.
  bool affordable(std::size_t cell, Round::Kind kind, std::chrono::nanoseconds elapsed) const;

  /// Records that a trial of the cell took `duration`, with everything around it.
  void ran(std::size_t cell, Round::Kind kind, std::chrono::nanoseconds duration);

  /// Records whether the cell is now known as precisely as the plan asks for.
  void set_converged(std::size_t cell, bool converged) { cells_[cell].converged = converged; }

  /// Records whether the stall trials so far give the percentiles; if so, the plan's minimum is enough.
  void set_enough_stalls(std::size_t cell, bool enough) { cells_[cell].enough_stalls = enough; }

  /// The cell gets no more trials.
  void drop(std::size_t cell) { cells_[cell].dropped = true; }

  /// An upper bound on the remaining time, as far as known. A cell that has not run yet counts as 0.
  std::chrono::nanoseconds remaining(std::chrono::nanoseconds elapsed) const;

 private:
  struct State {
    std::size_t warm_ups = 0;
    std::size_t trials = 0;
    std::size_t stalls = 0;
    std::chrono::nanoseconds last{0};
    std::chrono::nanoseconds spent{0};
    bool converged = false;
    bool enough_stalls = false;
    bool dropped = false;
  };

  std::vector<std::size_t> wanting(Round::Kind kind, std::chrono::nanoseconds elapsed) const;
  bool wants(const State& state, Round::Kind kind) const;
  std::size_t wanted(const State& state) const;
  std::size_t wanted_stalls(const State& state) const;
  bool keeps_step(const State& state) const;
  std::chrono::nanoseconds reserved() const;
  std::vector<std::size_t> without_overspenders(std::vector<std::size_t> order) const;
  void rotate();

  Plan plan_;
  std::vector<State> cells_;
  std::vector<std::size_t> order_;
  std::size_t rotations_ = 0;  // of order_ since it was last shuffled
  std::mt19937_64 random_;
};

}  // namespace writebench::engine
