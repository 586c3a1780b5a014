#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace writebench::gate {

/// How many pairs of trials a cell gets.
struct InterimLooks {
  std::size_t pairs = 540;  ///< at most
  /// A cell whose pairs take longer ends at an earlier look, but not before 60 pairs. Nothing: however long they take.
  std::optional<std::chrono::nanoseconds> time = std::chrono::seconds(10);
};

/// The numbers of pairs at which the verdicts are looked at, ascending: the last is all of them, each before it a third
/// of the next, 20 or more.
std::vector<std::size_t> schedule(const InterimLooks& looks);

/// How many pairs a cell gets at most, one of which takes that long: a number of the schedule.
std::size_t most_pairs(const InterimLooks& looks, std::chrono::nanoseconds pair);

}  // namespace writebench::gate
