#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "crash/death_runner.hpp"
#include "crash/device_log.hpp"
#include "crash/logged_file_system.hpp"
#include "crash/memory_file.hpp"
#include "crash/power_cut.hpp"
#include "crash/recorded_trial.hpp"
#include "engine/run/fork_runner.hpp"

namespace writebench::crash {

/// Cuts the power of a simulated machine. A trial runs in a new ext4 on a device that logs every request to it
/// (LoggedFileSystem), and comes to its end. Then the power is cut at a moment in the past: what was on the medium then
/// (on_medium()) is mounted, as after a reboot, and the files are judged by what had been acknowledged at that moment.
/// One recorded trial serves for many cuts, each at another moment.
///
/// The moments go on for a ninth of the time that the trial ran, so that one in ten lies after its end, when all has
/// been acknowledged. They are those of the first trial of a cell, the one that comes to its end; in others, which run
/// for longer or shorter, they move in proportion.
///
/// The caller must be single-threaded.
class MachineDeaths final : public DeathRunner {
 public:
  /// The largest content of a cell, in bytes. Everything is kept in memory, several times over.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{64} << 20;

  /// `most_bytes` is at least that of the largest content, `most_files` that of the files of a trial, `timeout` that of
  /// one trial. Tries everything that is needed. Throws Unsupported if this machine or this process lacks something,
  /// and std::runtime_error if it does not work.
  MachineDeaths(std::chrono::nanoseconds timeout, engine::ForkRunner::Runnables runnables, std::uint64_t seed,
                std::uint64_t most_bytes, std::uint64_t most_files);

  /// A new file system as each trial gets, to run other trials in it. It logs nothing.
  std::unique_ptr<LoggedFileSystem> file_system() const;

  reports::Death death() const override { return reports::Death::kMachine; }
  std::optional<Ending> run(const engine::CellSpec& cell, std::optional<std::chrono::nanoseconds> after,
                            const engine::TrialRunner::Waiting& waiting) override;

 private:
  struct Recording {
    RecordedTrial trial;
    std::shared_ptr<const DeviceLog> log;
    std::string cell_id = {};
    std::vector<std::string> files = {};  // paths in the file system
    std::int64_t until_ns = 0;            // the log has all requests up to then
    reports::Loss loss = {};              // at its regular end
    std::size_t cuts = 0;                 // that it has served for

    std::int64_t may_die_ns() const { return trial.running_ns() / 9 * 10; }
  };

  bool record(const engine::CellSpec& cell, const engine::TrialRunner::Waiting& waiting);
  std::chrono::nanoseconds of_recording(std::chrono::nanoseconds after) const;
  reports::Loss cut(const engine::CellSpec& cell, std::chrono::nanoseconds after);

  const std::chrono::nanoseconds timeout_;
  const engine::ForkRunner::Runnables runnables_;
  MemoryFile made_;  // an empty file system
  std::mt19937_64 random_;
  std::optional<Recording> recording_;
  std::int64_t whole_ns_ = 0;  // in which the first trial of the cell may die
};

}  // namespace writebench::crash
