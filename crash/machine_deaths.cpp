#include "crash/machine_deaths.hpp"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <utility>

#include "crash/judge.hpp"
#include "crash/monotonic_clock.hpp"
#include "engine/trial/scratch.hpp"
#include "engine/trial/trial_files.hpp"

namespace writebench::crash {
namespace {

using std::chrono::nanoseconds;

constexpr std::uint64_t kMostLogBytes = std::uint64_t{1} << 30;
constexpr std::size_t kCutsOfARecording = 20;
// The journal, and what a file system has besides. What is not written takes no memory.
constexpr std::uint64_t kLeastDeviceBytes = std::uint64_t{64} << 20;

std::uint64_t device_bytes(std::uint64_t content_bytes) { return kLeastDeviceBytes + 4 * content_bytes / 4096 * 4096; }

// A file that is not there has nothing.
std::vector<std::string> read_what_is_there(const std::string& root, const std::vector<std::string>& names) {
  std::vector<std::string> files;
  for (const std::string& name : names) {
    const std::string path = root + name;
    files.push_back(::access(path.c_str(), F_OK) == 0 ? std::move(read_files({path}).front()) : "");
  }
  return files;
}

}  // namespace

MachineDeaths::MachineDeaths(nanoseconds timeout, engine::ForkRunner::Runnables runnables, std::uint64_t seed,
                             std::uint64_t most_bytes, std::uint64_t most_files)
    : timeout_(timeout), runnables_(std::move(runnables)), made_("made", device_bytes(most_bytes)), random_(seed) {
  make_ext4(made_, most_files);
  file_system();
}

std::unique_ptr<LoggedFileSystem> MachineDeaths::file_system() const {
  return std::make_unique<LoggedFileSystem>(made_, std::make_shared<DeviceLog>(0));
}

std::optional<Ending> MachineDeaths::run(const engine::CellSpec& cell, std::optional<nanoseconds> after,
                                         const engine::TrialRunner::Waiting& waiting) {
  try {
    Ending ending{.died = false, .new_trial = false};
    if (!after || !recording_ || recording_->cell_id != cell.id || recording_->cuts >= kCutsOfARecording) {
      recording_.reset();
      if (!record(cell, waiting)) return std::nullopt;
      ending.new_trial = true;
    }
    ending.failure = recording_->trial.failure;
    if (!ending.failure.empty()) {
      recording_.reset();
      return ending;
    }
    ending.running_ns = recording_->may_die_ns();
    ending.file_block_bytes = recording_->trial.file_block_bytes;
    if (!after) whole_ns_ = ending.running_ns;
    ending.died = after && after->count() < whole_ns_;
    ending.loss = ending.died ? cut(cell, of_recording(*after)) : recording_->loss;
    return ending;
  } catch (const std::exception& error) {
    recording_.reset();
    return Ending{.failure = error.what()};
  }
}

// False if `waiting` ended it.
bool MachineDeaths::record(const engine::CellSpec& cell, const engine::TrialRunner::Waiting& waiting) {
  const engine::FileCounts counts = engine::file_counts(runnables_.at(cell.id).strategy, cell.parameters);
  const auto log = std::make_shared<DeviceLog>(kMostLogBytes);
  const LoggedFileSystem file_system(made_, log);
  const engine::Scratch scratch(file_system.path());
  const engine::TrialFiles files(scratch, scratch.file_paths(1, counts.all()), counts.scratch);
  const engine::RemovedFiles removed(files);
  // The files themselves are durable from the beginning: it is the lines that are judged.
  file_system.sync();
  auto trial = run_recorded(runnables_.at(cell.id), cell, files, timeout_, std::nullopt, waiting);
  if (!trial) return false;
  const std::int64_t until_ns = monotonic_ns();
  Recording& recording = recording_.emplace(Recording{.trial = *std::move(trial), .log = log, .cell_id = cell.id});
  recording.until_ns = until_ns;
  if (recording.trial.failure.empty() && log->overflowed()) {
    recording.trial.failure =
        "it writes more than 1 GiB to its device, which is too much to be kept; give fewer --lines";
  }
  if (!recording.trial.failure.empty()) return true;
  const std::string root = file_system.path();
  for (const std::string& path : files.paths()) recording.files.push_back(path.substr(root.size()));
  const engine::Ledger& ledger = recording.trial.ledger;
  const std::vector<std::string> bytes_of_files = read_files(files.paths());
  recording.loss = judge(recording.trial.evidence(cell, bytes_of_files, std::max(ledger.clock_off_ns, ledger.last_ns()),
                                                  reports::Death::kMachine));
  return true;
}

// The moment of a recording that ran for another time than the first.
nanoseconds MachineDeaths::of_recording(nanoseconds after) const {
  const double share = static_cast<double>(after.count()) / static_cast<double>(whole_ns_);
  return nanoseconds(std::llround(share * static_cast<double>(recording_->may_die_ns())));
}

reports::Loss MachineDeaths::cut(const engine::CellSpec& cell, nanoseconds after) {
  Recording& recording = *recording_;
  ++recording.cuts;
  const PowerCut cut{.at_ns = std::min(recording.trial.ledger.clock_on_ns + after.count(), recording.until_ns),
                     .reach = static_cast<Reach>(random_() % 3)};
  MemoryFile medium("medium", made_.size());
  medium.copy(made_);
  for (const Piece& piece : on_medium(recording.log->requests(), cut, random_)) {
    std::memcpy(medium.data() + piece.offset_bytes, recording.log->data() + piece.data_at, piece.bytes);
  }
  const LoopDevice device(medium.descriptor());
  const DetachedMount mount = mount_ext4(device);
  const std::vector<std::string> bytes_of_files = read_what_is_there(mount.path(), recording.files);
  return judge(recording.trial.evidence(cell, bytes_of_files, cut.at_ns, reports::Death::kMachine));
}

}  // namespace writebench::crash
