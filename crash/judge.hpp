#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/trial/ledger.hpp"
#include "reports/crash_test.hpp"
#include "writebench/lines.hpp"
#include "writebench/strategy.hpp"

namespace writebench::crash {

/// Everything that one death is judged by.
struct Evidence {
  const Content& content;  ///< its lines are unique (Content::lines_are_unique())
  const Contract& contract;
  unsigned writers = 1;  ///< of an order per writer
  /// Whether the durability is `line`: an append that returned is then durable.
  bool each_line_durable = false;
  const engine::Ledger& ledger;
  std::span<const std::string> files;  ///< the bytes of each file after the death
  std::int64_t at_ns = 0;              ///< of the death, CLOCK_MONOTONIC; entries of the ledger after it do not count
  reports::Death death = reports::Death::kProcess;
};

/// Compares the files with what was acknowledged before the death.
///
/// - Submitted: the append of the line had returned. Such a line that is not whole in the file is lost.
/// - Drained: File had counted the bytes. At a process's death a drained byte that is missing or damaged is a fault.
/// - Durable: a sync had returned that began after the bytes had been counted, or they were written through. With the
///   durability `line`, so is a line whose append had returned. A durable byte or line that is missing or damaged is a
///   fault at any death.
///
/// In a file with a global order, or of one writer, each line has its place. In others a line is known by its text.
/// Zeros, and an early end, are places to which nothing was written. A line of which a part is before the end or beside
/// such a place is torn. At a process's death anything else is wrong, which is a fault; a power cut may leave anything
/// in places that were not durable.
reports::Loss judge(const Evidence& evidence);

/// Reads the files whole. Throws IoError.
std::vector<std::string> read_files(const std::vector<std::string>& paths);

}  // namespace writebench::crash
