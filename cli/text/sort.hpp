#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/trial/cell.hpp"

namespace writebench::cli {

/// An order of the cells of a table. What the table does not show by itself gets a column when it is sorted by it.
struct SortKey {
  std::string name;                                                           ///< as typed
  std::string_view title = {};                                                ///< of that column; empty: there is none
  std::function<std::optional<double>(const engine::Cell&)> value = nullptr;  ///< in that column; no value: unknown
  std::string (*format)(double) = nullptr;

  /// Whether the first stands above the second: the smaller value, and the unknown last.
  bool before(const engine::Cell& a, const engine::Cell& b) const;
};

/// All there are: time, name, strategy, stall, and the figures of a sample that have a column
/// (engine/trial/sample_fields.cpp), by their medians.
std::span<const SortKey> sort_keys();

/// The order of the ranks.
const SortKey& sort_by_time();

/// A cell's text in that column.
std::string shown(const SortKey& sort, const engine::Cell& cell);

}  // namespace writebench::cli
