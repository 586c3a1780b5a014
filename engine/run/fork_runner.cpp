#include "engine/run/fork_runner.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <utility>

#include "engine/lines/content_prefix.hpp"
#include "engine/process/process_tree.hpp"
#include "engine/run/attempts.hpp"
#include "engine/run/prepare_command.hpp"
#include "engine/trial/trial.hpp"
#include "engine/verification/verify.hpp"

namespace writebench::engine {
namespace {

// Verifies the files. False if `waiting` stopped that.
bool verified(const Trial& trial, const TrialRunner::Waiting& waiting, Sample& sample) {
  const Verification verification = verify({trial.files.paths(), trial.files.descriptors()}, trial.content,
                                           trial.strategy, trial.parameters, [&] { return !waiting(); });
  sample.order_unproven = verification.order_unproven;
  if (verification.right) return true;
  sample.outcome = Outcome::kIncorrect;
  sample.detail = verification.describe();
  return !verification.stopped;
}

}  // namespace

ForkRunner::ForkRunner(Setup setup, Runnables runnables)
    : setup_(std::move(setup)),
      runnables_(std::move(runnables)),
      scratch_(setup_.directory),
      monitor_(setup_.directory, setup_.own_writes) {
  adopt_orphans();
}

std::optional<TrialResult> ForkRunner::run(const TrialRequest& request, const Waiting& waiting) {
  auto result = run_attempts(
      request, waiting, [&](const Waiting& watched) { return trial_on_new_files(request, watched); },
      [&](const std::string& why) { return failed(why); });
  if (result) result->sample.injected_slow_down = setup_.injected_slow_down;
  return result;
}

// The outcome of a trial that could not be run, or not be verified. If there is no directory for the next one either,
// throws instead.
TrialResult ForkRunner::failed(const std::string& why) const {
  struct stat status {};
  if (::stat(directory().c_str(), &status) != 0 && (errno == ENOENT || errno == ENOTDIR)) {
    throw std::runtime_error("the directory of the run's files, " + directory() +
                             ", is gone, so no further trial can be run (" + why + ")");
  }
  TrialResult result;
  result.sample.outcome = Outcome::kFailed;
  result.sample.detail = std::string(doing_) + ": " + why;
  return result;
}

std::optional<TrialResult> ForkRunner::trial_on_new_files(const TrialRequest& request, const Waiting& waiting) {
  doing_ = "while it was prepared";
  if (!setup_.prepare_command.empty() && !run_prepare_command(setup_.prepare_command, setup_.timeout, waiting)) {
    return std::nullopt;
  }
  doing_ = "while making its files";
  const std::vector<std::string> paths = paths_of(request.cell);
  const FileCounts counts = counts_of(request.cell);
  scratch_.remove_files(paths);  // those of the last trial, if files are kept
  std::optional<TrialResult> result;
  {
    const TrialFiles files(scratch_, paths, counts.scratch);
    const RemovedFiles removed(files, setup_.keep_files ? RemovedFiles::Which::kScratch : RemovedFiles::Which::kAll);
    result = verified_trial(request, files, waiting);
  }  // a removed file gives up what was not written when its last descriptor is closed
  if (result) add_interference(result->sample);
  return result;
}

std::vector<ForkRunner::KeptFile> ForkRunner::keep() {
  scratch_.keep();
  std::vector<std::vector<KeptFile>> by_number(files_.size());
  for (const auto& [cell_id, numbered] : files_) {
    for (const std::string& path : numbered.paths) {
      if (::access(path.c_str(), F_OK) != 0) continue;  // it could not be made, or somebody removed it
      by_number[numbered.number - 1].push_back({path.substr(path.rfind('/') + 1), cell_id});
    }
  }
  std::vector<KeptFile> kept;
  for (std::vector<KeptFile>& files : by_number) kept.insert(kept.end(), files.begin(), files.end());
  return kept;
}

FileCounts ForkRunner::counts_of(const CellSpec& cell) const {
  return file_counts(runnables_.at(cell.id).strategy, cell.parameters);
}

std::vector<std::string> ForkRunner::paths_of(const CellSpec& cell) {
  Numbered& numbered = files_.try_emplace(cell.id, Numbered{files_.size() + 1, {}}).first->second;
  if (numbered.paths.empty()) numbered.paths = scratch_.file_paths(numbered.number, counts_of(cell).all());
  return numbered.paths;
}

std::optional<TrialResult> ForkRunner::verified_trial(const TrialRequest& request, const TrialFiles& files,
                                                      const Waiting& waiting) {
  doing_ = "while preparing its lines";
  const CellSpec& cell = request.cell;
  const Runnable& runnable = runnables_.at(cell.id);
  const bool whole = cell.parameters.lines == runnable.content->lines();
  const std::shared_ptr<const Content> content =
      whole ? runnable.content : std::make_shared<ContentPrefix>(runnable.content, cell.parameters.lines);
  if (runnable.strategy.has_writers()) content->arrange(cell.parameters.writers());
  const Trial trial{.strategy = runnable.strategy,
                    .parameters = cell.parameters,
                    .workload = cell.workload,
                    .content = *content,
                    .files = files,
                    .timeout = setup_.timeout,
                    .observe = request.observe,
                    .stages = request.stages,
                    .wakes = request.wakes,
                    .injected_slow_down = setup_.injected_slow_down,
                    .in_process = setup_.in_process};
  doing_ = "while starting";
  monitor_.trial_begins();
  std::optional<TrialResult> result = run_trial(trial, [&](const TrialUnderWay& under_way) {
    if (under_way.running) {
      monitor_.trial_runs(under_way.process, *under_way.running, under_way.written_before);
    }
    return waiting();
  });
  if (!result) return std::nullopt;
  monitor_.trial_ended(result->syncs);
  doing_ = "while reading its files back";
  const bool done = result->sample.outcome != Outcome::kOk || verified(trial, waiting, result->sample);
  return done ? std::move(result) : std::nullopt;
}

// Keeps the pressures as they are: only the trial itself can read them at its clock.
void ForkRunner::add_interference(Sample& sample) const {
  Interference around = monitor_.of_last_trial();
  around.cpu_pressure_ns = sample.interference.cpu_pressure_ns;
  around.io_pressure_ns = sample.interference.io_pressure_ns;
  around.memory_pressure_ns = sample.interference.memory_pressure_ns;
  sample.interference = around;
}

}  // namespace writebench::engine
