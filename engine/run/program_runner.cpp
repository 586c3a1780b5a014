#include "engine/run/program_runner.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <numeric>
#include <stdexcept>
#include <utility>

#include "engine/lines/content_prefix.hpp"
#include "engine/lines/strided_share.hpp"
#include "engine/machine/page_cache.hpp"
#include "engine/process/process_tree.hpp"
#include "engine/program/program_trial.hpp"
#include "engine/run/attempts.hpp"
#include "engine/run/prepare_command.hpp"
#include "engine/trial/child_process.hpp"
#include "engine/trial/set_up_file.hpp"
#include "engine/trial/trial_files.hpp"
#include "engine/until_done.hpp"
#include "engine/verification/verify.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

// A program may have another working directory.
ForkRunner::Setup with_absolute_directory(ForkRunner::Setup setup) {
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(setup.directory, error).lexically_normal();
  if (!error) setup.directory = path.string();
  return setup;
}

// Writes all lines to a new file that can only be read.
void render_to(const std::string& path, const Content& content) {
  const OwnedDescriptor file(
      until_done([&] { return ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW | O_CLOEXEC, 0444); }));
  if (file.get() < 0) throw IoError("open", path, errno);
  std::vector<char> text(std::max<std::size_t>(1 << 20, content.longest_line_bytes() + Content::kSlackBytes));
  std::array<std::uint32_t, 4096> lengths{};
  std::uint64_t offset = 0;
  for (LineRange rest{0, 1, content.lines()}; rest.count > 0;) {
    const std::size_t lines = content.render(rest, text, lengths);
    rest.first += lines;
    rest.count -= lines;
    const std::uint64_t bytes = std::accumulate(lengths.begin(), lengths.begin() + lines, std::uint64_t{0});
    for (std::uint64_t done = 0; done < bytes;) {
      const ssize_t written =
          until_done([&] { return ::write(file.get(), text.data() + done, static_cast<std::size_t>(bytes - done)); });
      if (written <= 0) throw IoError("write", path, offset + done, written < 0 ? errno : EIO);
      done += static_cast<std::uint64_t>(written);
    }
    offset += bytes;
  }
}

}  // namespace

ProgramRunner::ProgramRunner(ForkRunner::Setup setup, ForkRunner::Runnables runnables)
    : setup_(with_absolute_directory(std::move(setup))),
      runnables_(std::move(runnables)),
      scratch_(std::in_place, setup_.directory, Scratch::Makers::kPrograms),
      monitor_(setup_.directory, setup_.own_writes) {}

std::optional<TrialResult> ProgramRunner::run(const TrialRequest& request, const Waiting& waiting) {
  return run_attempts(
      request, waiting, [&](const Waiting& watched) { return trial_on_new_files(request, watched); },
      [&](const std::string& why) { return failed(why); });
}

TrialResult ProgramRunner::failed(const std::string& why) const {
  TrialResult result;
  result.sample.outcome = Outcome::kFailed;
  result.sample.detail = std::string(doing_) + ": " + why;
  return result;
}

// A program may have removed the directory; the next gets a new one.
void ProgramRunner::renew_directory() {
  try {
    if (scratch_) {
      scratch_->check_place();
      return;
    }
  } catch (const IoError&) {
  }
  scratch_.reset();
  files_.clear();
  lines_files_.clear();
  scratch_.emplace(setup_.directory, Scratch::Makers::kPrograms);
}

std::optional<TrialResult> ProgramRunner::trial_on_new_files(const TrialRequest& request, const Waiting& waiting) {
  doing_ = "while it was prepared";
  if (!setup_.prepare_command.empty() && !run_prepare_command(setup_.prepare_command, setup_.timeout, waiting)) {
    return std::nullopt;
  }
  doing_ = "while making its files";
  renew_directory();
  const std::vector<std::string>& paths = paths_of(request.cell);
  // Removes what this trial, or the last one, has left, whatever became of it.
  const auto clear = [&](bool files_too) {
    if (!left_to_kernel().empty()) return;
    scratch_->remove_foreign();
    if (!files_too) return;
    for (const std::string& path : paths) scratch_->remove_anything(path);
  };
  clear(true);
  std::optional<TrialResult> result;
  try {
    result = verified_trial(request, paths, waiting);
  } catch (...) {
    if (scratch_) clear(!setup_.keep_files);
    throw;
  }
  clear(!setup_.keep_files || !result);
  if (result) {
    Interference around = monitor_.of_last_trial();
    around.cpu_pressure_ns = result->sample.interference.cpu_pressure_ns;
    around.io_pressure_ns = result->sample.interference.io_pressure_ns;
    around.memory_pressure_ns = result->sample.interference.memory_pressure_ns;
    result->sample.interference = around;
  }
  return result;
}

std::optional<TrialResult> ProgramRunner::verified_trial(const TrialRequest& request,
                                                         const std::vector<std::string>& paths,
                                                         const Waiting& waiting) {
  doing_ = "while preparing its lines";
  const CellSpec& cell = request.cell;
  const Runnable& runnable = runnables_.at(cell.id);
  const bool whole = cell.parameters.lines == runnable.content->lines();
  const std::shared_ptr<const Content> content =
      whole ? runnable.content : std::make_shared<ContentPrefix>(runnable.content, cell.parameters.lines);
  const std::string lines_path =
      runnable.program->takes_file(cell.workload) ? lines_file(runnable.content, *content) : std::string();
  doing_ = "while making its files";
  make_old_files(cell, *content, paths);
  const Clock::time_point settling = Clock::now();
  if (!settle(waiting)) return std::nullopt;
  try {
    if (cell.workload.cold_caches) drop_caches();
  } catch (const Unsupported& unsupported) {
    TrialResult unavailable;
    unavailable.sample.outcome = Outcome::kUnavailable;
    unavailable.sample.detail = unsupported.what();
    return unavailable;
  }
  const std::int64_t settle_ns = std::chrono::nanoseconds(Clock::now() - settling).count();
  doing_ = "while starting";
  const ProgramTrial trial{.program = *runnable.program,
                           .parameters = cell.parameters,
                           .workload = cell.workload,
                           .content = *content,
                           .scratch = *scratch_,
                           .paths = paths,
                           .lines_path = lines_path,
                           .timeout = setup_.timeout,
                           .observe = request.observe};
  monitor_.trial_begins();
  std::optional<ProgramTrialResult> run = run_program_trial(trial, [&](const TrialUnderWay& under_way) {
    if (under_way.running) {
      monitor_.trial_runs(under_way.process, *under_way.running, under_way.written_before);
    }
    return waiting();
  });
  if (!run) return std::nullopt;
  monitor_.trial_ended(run->result.syncs);
  TrialResult& result = run->result;
  Sample& sample = result.sample;
  if (sample.outcome != Outcome::kOk) return std::move(result);
  sample.settle_ns = settle_ns;
  doing_ = "while reading its files back";
  std::vector<int> descriptors;
  for (const OwnedDescriptor& file : run->files) descriptors.push_back(file.get());
  const unsigned writers = cell.parameters.writers();
  const Verification verification =
      verify({paths, descriptors}, *content, cell.strategy.contract, writers, [&] { return !waiting(); });
  sample.order_unproven = verification.order_unproven;
  if (verification.stopped) return std::nullopt;
  if (!verification.right) {
    sample.outcome = Outcome::kIncorrect;
    sample.detail = verification.describe();
  }
  return std::move(result);
}

// Waits until the writes of earlier trials are done, in a child, because that may take long.
bool ProgramRunner::settle(const Waiting& waiting) const {
  ChildProcess child([&] {
    ::syncfs(scratch_->descriptor());
    ::_exit(0);
  });
  while (!child.ended_within(std::chrono::milliseconds(100))) {
    if (!waiting()) return false;
  }
  child.wait_status();
  return true;
}

// A workload about old files has them made here, and so has a program that writes nothing; else the program makes them.
void ProgramRunner::make_old_files(const CellSpec& cell, const Content& content,
                                   const std::vector<std::string>& paths) const {
  const Workload& workload = cell.workload;
  const bool is_new = workload.file_state == FileState::kNew && workload.preallocation == Preallocation::kNone;
  const bool writes = cell.strategy.contract.order != Order::kNothing;
  if (is_new && writes) return;
  const TrialFiles files(*scratch_, paths);
  for (std::size_t i = 0; i < paths.size() && writes; ++i) {
    const OwnedDescriptor writable(files.open_for_strategy(i, {}));
    const StridedShare share(content, static_cast<unsigned>(i), static_cast<unsigned>(paths.size()));
    set_up_file(writable.get(), paths[i], share, workload);
  }
}

// Rendered once, outside every clock: the first lines of `whole`, as many as `content` has.
const std::string& ProgramRunner::lines_file(const std::shared_ptr<const Content>& whole, const Content& content) {
  for (const LinesFile& file : lines_files_) {
    if (file.content == whole && file.lines == content.lines()) return file.path;
  }
  const std::string path = scratch_->file_paths(++files_made_, 1).front();
  render_to(path, content);
  lines_files_.push_back({whole, content.lines(), path});
  return lines_files_.back().path;
}

const std::vector<std::string>& ProgramRunner::paths_of(const CellSpec& cell) {
  std::vector<std::string>& paths = files_[cell.id];
  if (!paths.empty()) return paths;
  if (std::find(order_.begin(), order_.end(), cell.id) == order_.end()) order_.push_back(cell.id);
  const unsigned writers = cell.parameters.writers();
  return paths = scratch_->file_paths(++files_made_, file_count(cell.strategy.contract, writers));
}

std::vector<ForkRunner::KeptFile> ProgramRunner::keep() {
  for (const LinesFile& file : lines_files_) ::unlink(file.path.c_str());
  scratch_->keep();
  std::vector<ForkRunner::KeptFile> kept;
  for (const std::string& id : order_) {
    for (const std::string& path : files_[id]) {
      if (::access(path.c_str(), F_OK) == 0) kept.push_back({path.substr(path.rfind('/') + 1), id});
    }
  }
  return kept;
}

Runners::Runners(const ForkRunner::Setup& setup, const ForkRunner::Runnables& runnables) {
  ForkRunner::Runnables built_in, programs;
  for (const auto& [id, runnable] : runnables) (runnable.program != nullptr ? programs : built_in)[id] = runnable;
  if (!built_in.empty() || programs.empty()) fork_ = std::make_unique<ForkRunner>(setup, built_in);
  if (!programs.empty()) program_ = std::make_unique<ProgramRunner>(setup, programs);
  for (const auto& [id, runnable] : runnables) {
    by_cell_[id] = runnable.program != nullptr ? static_cast<TrialRunner*>(program_.get()) : fork_.get();
  }
}

std::optional<TrialResult> Runners::run(const TrialRequest& request, const Waiting& waiting) {
  return by_cell_.at(request.cell.id)->run(request, waiting);
}

std::vector<Runners::Kept> Runners::keep() {
  std::vector<Kept> kept;
  if (fork_ != nullptr) kept.push_back({fork_->directory(), fork_->keep()});
  if (program_ != nullptr) kept.push_back({program_->directory(), program_->keep()});
  return kept;
}

}  // namespace writebench::engine
