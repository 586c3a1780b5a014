#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/machine/interference.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// Runs each trial in a child process, on new files in its own scratch directory. The caller must be single-threaded.
class ForkRunner final : public TrialRunner {
 public:
  /// What is the same for all trials.
  struct Setup {
    std::string directory;             ///< where the scratch directory is made
    std::chrono::nanoseconds timeout;  ///< of one trial
    bool in_process = false;           ///< trials without a child process
    double injected_slow_down = 0;     ///< share by which every trial is slowed down on purpose
    OwnWrites own_writes = {};         ///< what the file system itself writes for a trial
    std::string prepare_command = {};  ///< sh(1) runs it before each trial; empty: none
    bool keep_files = false;  ///< keep the last file of each cell until the runner is destroyed, or keep() is called
  };

  /// A file of a cell that is left to the user.
  struct KeptFile {
    std::string name;
    std::string cell_id;
  };

  /// How each cell is run, by the cell's id.
  using Runnables = std::map<std::string, Runnable>;

  /// Throws IoError if the directory cannot be written.
  ForkRunner(Setup setup, Runnables runnables);

  /// Whatever goes wrong with one trial is its outcome, also if it happens here and not in the trial's process: its
  /// files cannot be made or read back, or no process can be started. A trial that a signal stopped while its clock ran
  /// is run again, up to kMostAttempts times. Throws std::runtime_error only if the scratch directory is gone.
  std::optional<TrialResult> run(const TrialRequest& request, const Waiting& waiting) override;

  /// The scratch directory.
  const std::string& directory() const { return scratch_.path(); }

  /// Leaves the scratch directory and its files to the user. Lists the files that are there, in the order in which
  /// their cells first ran.
  std::vector<KeptFile> keep();

 private:
  FileCounts counts_of(const CellSpec& cell) const;
  std::vector<std::string> paths_of(const CellSpec& cell);
  std::optional<TrialResult> trial_on_new_files(const TrialRequest& request, const Waiting& waiting);
  std::optional<TrialResult> verified_trial(const TrialRequest& request, const TrialFiles& files,
                                            const Waiting& waiting);
  TrialResult failed(const std::string& why) const;
  void add_interference(Sample& sample) const;

  const Setup setup_;
  const Runnables runnables_;
  Scratch scratch_;
  InterferenceMonitor monitor_;
  std::string_view doing_;  // what the current trial does, for the message if that fails
  // The files of a cell have numbers as names, because an id may contain any character and be too long for a file name.
  struct Numbered {
    std::size_t number;  // from 1
    std::vector<std::string> paths;
  };
  std::map<std::string, Numbered> files_;  // by the cell's id
};

}  // namespace writebench::engine
