#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/trial/cell.hpp"

namespace writebench::cli {

/// An order of the cells of a table. What the table does not show by itself gets a column when it is sorted by it.
struct SortKey {
  std::string_view name;                                          ///< as typed
  std::string_view title = {};                                    ///< of that column; empty: there is none
  std::optional<double> (*value)(const engine::Cell&) = nullptr;  ///< in that column; nothing: unknown
  std::string (*format)(double) = nullptr;

  /// Whether the first stands above the second: the smaller value, and the unknown last.
  bool before(const engine::Cell& a, const engine::Cell& b) const;
};

/// All there are: time, name, strategy, cpu, stall, memory, writes.
std::span<const SortKey> sort_keys();

/// The order of the ranks.
const SortKey& sort_by_time();

/// A cell's text in that column.
std::string shown(const SortKey& sort, const engine::Cell& cell);

}  // namespace writebench::cli
