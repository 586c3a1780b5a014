#pragma once

#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::tests {

/// A strategy, and what the contract suite has to know of it to test it.
struct Subject {
  Descriptor strategy;
  /// Whether it writes through File. The fake kernels of a test see nothing of one that does not.
  bool writes_through_file = true;
  /// Whether it writes to File's descriptor by itself, and reports what it wrote where (File::completed()).
  bool reports_completions = false;
  /// What a short count has to be a multiple of.
  std::size_t alignment_bytes = 1;
  /// Whether a short count is an error to it, because several writers append.
  bool refuses_short_counts = false;

  /// Whether it makes its bytes durable without fdatasync through File.
  bool syncs_by_itself() const { return !strategy.takes_sync_call(); }

  /// Whether it is to write anything.
  bool writes() const { return strategy.contract.order != Order::kNothing; }
};

/// Right strategies, one for each way of using files and threads that the table's strategies do not use:
/// `file-per-writer`, `mapped` (a shared mapping and truncate()), `synchronous` (O_DSYNC), `by-name` (opens the path
/// itself, says written()), `by-name-synced` (syncs by itself, says synced()), `locked-producers` (producer threads,
/// one file under a mutex), `appending-producers` (producer threads that append with O_APPEND and no lock).
const std::vector<Subject>& file_users();

const Subject& file_user(std::string_view name);

}  // namespace writebench::tests
