#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crash/judge.hpp"
#include "engine/lines/content_prefix.hpp"
#include "engine/trial/cell.hpp"
#include "engine/trial/ledger.hpp"
#include "engine/trial/trial_files.hpp"
#include "engine/trial/trial_runner.hpp"

namespace writebench::crash {

/// A trial that recorded what it acknowledged.
struct RecordedTrial {
  engine::ContentPrefix content;
  engine::Ledger ledger = {};
  bool died = false;         ///< it was killed at the moment that was asked for
  std::string failure = {};  ///< why it says nothing: it failed by itself, or its ledger is of no use; else empty
  std::uint64_t file_block_bytes = 0;  ///< st_blksize of its files

  std::int64_t running_ns() const { return ledger.clock_off_ns - ledger.clock_on_ns; }

  /// What there is to judge the files by after a death at that moment.
  Evidence evidence(const engine::CellSpec& cell, const std::vector<std::string>& bytes_of_files, std::int64_t at_ns,
                    reports::Death death) const;
};

/// Runs one, as run_trial() does. It is killed so long after clock on, if `after` has a value. No value if `waiting`
/// ended it.
std::optional<RecordedTrial> run_recorded(const engine::Runnable& runnable, const engine::CellSpec& cell,
                                          const engine::TrialFiles& files, std::chrono::nanoseconds timeout,
                                          std::optional<std::chrono::nanoseconds> after,
                                          const engine::TrialRunner::Waiting& waiting);

}  // namespace writebench::crash
