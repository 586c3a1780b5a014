#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/machine/sync_probe.hpp"
#include "engine/run/run.hpp"
#include "reports/report.hpp"
#include "writebench/strategy.hpp"

namespace writebench::explain {

/// What is measured for an explanation.
struct Request {
  engine::Cell subject;                    ///< the strategy to explain, with its workload
  std::shared_ptr<const Content> content;  ///< its lines
  std::span<const Descriptor> table;       ///< of all strategies
  std::chrono::nanoseconds budget;         ///< for everything together
  std::uint64_t seed = 0;                  ///< of the order within the rounds
  std::optional<double> rate;              ///< lines per second of the part at a pace; else 10,000
  std::uint64_t burst_lines = 1;           ///< of that part: lines that are due at once
  std::optional<engine::Syncing> syncing;  ///< what syncing does in the directory, if that is known
  std::vector<std::string> cpus;           ///< sets of processors to compare; empty if they are fixed
  std::vector<std::uint64_t> threads;      ///< numbers of pool threads to compare
};

/// Measures everything that an explanation rests on, and tells the observer what is being measured: adds the cells to
/// the report and fills in its explanation, apart from what follows (conclude.hpp does that). Each part has rounds of
/// its own, so that cells of different parts never make pairs. Returns false if a signal (engine::interrupted()) ended
/// it; what was measured is in the report then. Throws what the runner throws; likewise.
bool measure(const Request& request, const engine::MakeRunner& make_runner, engine::RunObserver& observer,
             reports::Report& report);

}  // namespace writebench::explain
