#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "writebench/parameters.hpp"

namespace writebench::gate {

/// How many pairs of trials a cell gets.
struct InterimLooks {
  std::size_t pairs = 540;  ///< the maximum
  /// A cell whose pairs take longer than this ends at an earlier look, but not before 60 pairs. No value: no limit.
  std::optional<std::chrono::nanoseconds> time = std::chrono::seconds(30);
  /// The same for a cell that syncs, because the times of a device scatter more than those of a processor.
  std::optional<std::chrono::nanoseconds> syncing_time = std::chrono::minutes(2);
};

/// The numbers of pairs at which the verdicts are checked, ascending: the last is the maximum, each before it a third
/// of the next, and all are at least 20.
std::vector<std::size_t> schedule(const InterimLooks& looks);

/// The maximum number of pairs for a cell with that durability if one takes `pair`: a number of the schedule.
std::size_t most_pairs(const InterimLooks& looks, std::chrono::nanoseconds pair, const Durability& durability);

}  // namespace writebench::gate
