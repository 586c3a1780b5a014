#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "crash/death_runner.hpp"
#include "engine/run/fork_runner.hpp"
#include "reports/report.hpp"

namespace writebench::crash {

/// What is measured.
struct Request {
  std::size_t deaths = 0;           ///< of each cell
  std::chrono::nanoseconds budget;  ///< for everything; a cell whose share is used up gets no more, but one
  std::uint64_t seed = 0;           ///< of the moments
  engine::Now now = std::chrono::steady_clock::now;
};

/// Told how far it is. The report has the deaths so far.
class Observer {
 public:
  virtual ~Observer() = default;
  /// Called about ten times a second.
  virtual void waiting() {}
  /// Called after each death of a cell; `remaining` is the time that is left for everything.
  virtual void died(const reports::Deaths&, std::chrono::nanoseconds /*remaining*/) {}
  virtual void cell_ended(const reports::Deaths&) {}
};

/// The most that a death of the process may take by the strategy's options, in bytes; no value if that is not known.
/// Lines that are durable one by one are never held.
std::optional<std::uint64_t> bound_bytes(const Descriptor& strategy, const engine::CellSpec& cell,
                                         std::uint64_t longest_line_bytes, std::uint64_t file_block_bytes);

/// Fills in the crash test of the report, for each of its cells that has not failed, and for each way to die:
///
/// 1. if the cell has no sample yet, one trial of `trials`, which becomes its sample: a cell whose whole file is wrong
///    is not killed;
/// 2. one trial that records what it acknowledges and comes to its end: nothing of it may be lost;
/// 3. deaths, each at a moment that is drawn uniformly from the time which that trial ran.
///
/// A failure of one cell does not end the others. Returns false if a signal (engine::interrupted()) ended it; what was
/// measured is in the report then.
bool measure(const Request& request, const engine::ForkRunner::Runnables& runnables, engine::TrialRunner& trials,
             std::span<DeathRunner* const> runners, Observer& observer, reports::Report& report);

}  // namespace writebench::crash
