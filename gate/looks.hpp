#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

namespace writebench::gate {

/// How many pairs of trials a cell gets, and when its verdict is looked at on the way.
struct Looks {
  std::size_t pairs = 540;  ///< at most
  std::size_t most = 4;     ///< looks: the last at all pairs, each before it at a third of the next, of 20 or more
  /// A cell for which a look would take longer than that ends at the one before, but not before 60 pairs.
  std::optional<std::chrono::nanoseconds> time = std::chrono::seconds(10);
};

/// The numbers of pairs at which the verdicts are looked at, ascending; the last is all of them.
std::vector<std::size_t> schedule(const Looks& looks);

/// How many pairs a cell gets at most, one of which takes that long.
std::size_t most_pairs(const Looks& looks, std::chrono::nanoseconds pair);

/// How many fresh ones confirm what so many pairs called slower, in a cell that gets at most so many: as the next look
/// would have had.
std::size_t fresh_pairs(std::size_t taken, std::size_t most);

}  // namespace writebench::gate
