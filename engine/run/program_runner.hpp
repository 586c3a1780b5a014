#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/machine/interference.hpp"
#include "engine/run/fork_runner.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial_runner.hpp"

namespace writebench::engine {

/// Runs each trial as an external program (docs/external-programs.md), on new files in a scratch directory of its own:
/// whatever a program makes there is removed with its trial. The caller must be single-threaded.
class ProgramRunner final : public TrialRunner {
 public:
  /// As of the ForkRunner; `runnables` are those with a program. Throws IoError if the directory cannot be written.
  ProgramRunner(ForkRunner::Setup setup, ForkRunner::Runnables runnables);

  /// As ForkRunner::run().
  std::optional<TrialResult> run(const TrialRequest& request, const Waiting& waiting) override;

  const std::string& directory() const { return scratch_->path(); }

  /// As ForkRunner::keep().
  std::vector<ForkRunner::KeptFile> keep();

 private:
  std::optional<TrialResult> trial_on_new_files(const TrialRequest& request, const Waiting& waiting);
  std::optional<TrialResult> verified_trial(const TrialRequest& request, const std::vector<std::string>& paths,
                                            const Waiting& waiting);
  TrialResult failed(const std::string& why) const;
  void renew_directory();
  bool settle(const Waiting& waiting) const;
  void make_old_files(const CellSpec& cell, const Content& content, const std::vector<std::string>& paths) const;
  const std::string& lines_file(const std::shared_ptr<const Content>& whole, const Content& content);
  const std::vector<std::string>& paths_of(const CellSpec& cell);

  const ForkRunner::Setup setup_;
  const ForkRunner::Runnables runnables_;
  std::optional<Scratch> scratch_;
  InterferenceMonitor monitor_;
  std::string_view doing_;
  std::map<std::string, std::vector<std::string>> files_;  // by the cell's id
  std::vector<std::string> order_;                         // of the cells' ids
  struct LinesFile {
    std::shared_ptr<const Content> content;  // keeps its address from being used again
    std::uint64_t lines;
    std::string path;
  };
  std::vector<LinesFile> lines_files_;
  std::size_t files_made_ = 0;  // so many numbers are taken as names
};

/// Passes each cell on to the runner of its kind, which is made when it is needed first.
class Runners final : public TrialRunner {
 public:
  /// Throws IoError if the directory cannot be written.
  Runners(const ForkRunner::Setup& setup, const ForkRunner::Runnables& runnables);

  std::optional<TrialResult> run(const TrialRequest& request, const Waiting& waiting) override;

  /// Leaves the directories of both to the user.
  struct Kept {
    std::string directory;
    std::vector<ForkRunner::KeptFile> files;
  };
  std::vector<Kept> keep();

 private:
  std::unique_ptr<ForkRunner> fork_;
  std::unique_ptr<ProgramRunner> program_;
  std::map<std::string, TrialRunner*> by_cell_;
};

}  // namespace writebench::engine
