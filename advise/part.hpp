#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "advise/candidates.hpp"

namespace writebench::advise {

/// The cells of one part of a search, which share their rounds.
class Part {
 public:
  /// The name is part of the ids of its cells.
  explicit Part(std::string name) : name_(std::move(name)) {}

  /// Adds a cell with these settings and returns its index. A rate of 0 is as fast as possible. `asked_lines` is how
  /// many lines were asked for, if these are fewer.
  std::size_t add(const Contestant& contestant, const Parameters& settings, double lines_per_second,
                  std::uint64_t lines, std::optional<std::uint64_t> asked_lines);

  /// Lets those that map their files write all lines that were asked for: the memory of a mapping grows with its file,
  /// which a fraction of the lines does not show.
  void use_all_lines_of_mappings();

  std::vector<engine::Cell> cells;
  std::vector<engine::Runnable> runnables;  ///< of each cell

 private:
  std::string name_;
};

}  // namespace writebench::advise
