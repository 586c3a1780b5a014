#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace writebench::engine {

/// How much to measure.
struct Plan {
  std::size_t min_trials = 3;   ///< of each cell, as far as the budget reaches; 1 in any case
  std::size_t max_trials = 30;  ///< at least 1
  /// For all cells together, everything included; none: every cell gets max_trials.
  std::optional<std::chrono::nanoseconds> budget = std::chrono::seconds(45);
  std::uint64_t seed = 0;  ///< of the order within the rounds
};

/// Decides which cells run in the next round, in which order, and whether a cell may still start. It reads no clock:
/// the caller says what time it is, so it can be tested without any.
class Schedule {
 public:
  Schedule(const Plan& plan, std::size_t cells);

  /// The cells of the next round in a shuffled order that the seed reproduces; empty when the run is over. `elapsed`
  /// counts from the start of the run. The first round begins with cell 0, so that a first result shows at once.
  std::vector<std::size_t> next_round(std::chrono::nanoseconds elapsed);

  /// Whether the cell still fits the budget, now that its turn has come.
  bool affordable(std::size_t cell, std::chrono::nanoseconds elapsed) const;

  /// A trial of the cell took `duration`, everything included.
  void ran(std::size_t cell, std::chrono::nanoseconds duration);

  /// The cell gets no further trial.
  void drop(std::size_t cell) { cells_[cell].dropped = true; }

  /// How long the rest will take by what is known so far; cells not yet run count as nothing.
  std::chrono::nanoseconds remaining(std::chrono::nanoseconds elapsed) const;

 private:
  struct State {
    std::size_t trials = 0;
    std::chrono::nanoseconds last{0};
    bool dropped = false;
  };

  bool wants(std::size_t cell, std::chrono::nanoseconds elapsed) const;

  Plan plan_;
  std::vector<State> cells_;
  std::mt19937_64 random_;
  bool first_round_ = true;
};

}  // namespace writebench::engine
