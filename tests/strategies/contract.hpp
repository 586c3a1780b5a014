#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "engine/trial/scratch.hpp"
#include "engine/trial/trial.hpp"
#include "engine/trial/trial_files.hpp"
#include "engine/verification/verify.hpp"
#include "tests/strategies/cell_parameters.hpp"
#include "tests/strategies/file_users.hpp"

namespace writebench::tests {

/// Every strategy of the table, the documented example and the file users.
std::vector<Subject> subjects();

/// Those for which `wanted` holds. A case that says nothing about the others is instantiated for these alone.
std::vector<Subject> subjects(bool (*wanted)(const Subject&));

std::string subject_name(const testing::TestParamInfo<Subject>& info);

/// Files for one trial of a strategy.
class TrialFilesOf : public engine::TrialFiles {
 public:
  TrialFilesOf(const engine::Scratch& scratch, const Descriptor& strategy, const Parameters& parameters)
      : TrialFilesOf(scratch, engine::file_counts(strategy, parameters)) {}

 private:
  TrialFilesOf(const engine::Scratch& scratch, const engine::FileCounts& counts)
      : TrialFiles(scratch.file_paths(0, counts.all()), counts.scratch) {}
};

/// The base of all cases that run for each subject.
class ForEachSubject : public testing::TestWithParam<Subject> {
 protected:
  const Descriptor& strategy() const { return GetParam().strategy; }
  bool writes() const { return GetParam().writes(); }

  /// Skips the case, with the reason, if this kernel, file system or build lacks what the strategy needs.
  void skip_if_unavailable() const;

  engine::Scratch scratch_{testing::TempDir()};
};

/// One run of a strategy without a trial around it, in this process, so that a test can put hooks and calls of its own
/// in place.
class BareRun {
 public:
  BareRun(const Descriptor& strategy, const tests::CellParameters& parameters, const Content& content, JobHooks hooks,
          Syscalls syscalls, const engine::Scratch& scratch);
  ~BareRun() { made_.remove(); }
  BareRun(const BareRun&) = delete;
  BareRun& operator=(const BareRun&) = delete;

  void prepare() { strategy_->prepare(job_); }
  void run() { strategy_->run(job_); }
  /// Syncs if the durability asks for it, and closes.
  void finish();
  engine::Verification verify() const;
  const std::vector<std::string>& paths() const { return made_.paths(); }

 private:
  const Descriptor& descriptor_;
  const Parameters parameters_;
  const Content& content_;
  const TrialFilesOf made_;
  std::deque<File> files_;
  std::deque<File> scratch_files_;
  Job job_;
  const std::unique_ptr<Strategy> strategy_;
};

}  // namespace writebench::tests
