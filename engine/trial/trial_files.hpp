#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/owned_descriptor.hpp"
#include "engine/trial/scratch.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// The number of files that hold what a strategy writes.
unsigned file_count(const Contract& contract, unsigned writers);

/// The number of files that a trial needs: those, and scratch files of the strategy.
struct FileCounts {
  unsigned results = 1;
  unsigned scratch = 0;

  unsigned all() const { return results + scratch; }
};
FileCounts file_counts(const Descriptor& strategy, const Parameters& parameters);

/// How the files of a trial are opened: as the strategy wants it, with the chosen call for syncs (kSyncCall).
Access access_of(const Descriptor& strategy, const Parameters& parameters);

/// Opens an existing file as `access` says, at offset 0; not through a symbolic link. Throws IoError, and Unsupported
/// if the file system does not support O_DIRECT.
int open_for_strategy(const std::string& path, const Access& access);

/// The files of one trial: those that are to hold the lines, and scratch files of the strategy. Makes them and keeps
/// each one open for reading until its verification, so that a removed or replaced file can be detected. The
/// descriptors are read-only: with a writable one, the strategy's close would not be the last close of a writer, in
/// which the file system may do work. All but the strategies that open by name reach the files through the descriptor
/// of their directory.
class TrialFiles {
 public:
  /// The paths are those of files of the scratch directory, which do not exist. The last `scratch_files` of them are
  /// those of scratch files. Throws IoError, also if the directory is no longer in its place, after removing the files
  /// made so far. The scratch directory must outlive them.
  TrialFiles(const Scratch& scratch, std::vector<std::string> paths, unsigned scratch_files = 0);

  /// The same for paths in any one directory.
  explicit TrialFiles(std::vector<std::string> paths, unsigned scratch_files = 0);
  TrialFiles(const TrialFiles&) = delete;
  TrialFiles& operator=(const TrialFiles&) = delete;
  ~TrialFiles();  // closes the descriptors, leaves the files

  /// Of the files that are to hold the lines.
  const std::vector<std::string>& paths() const { return paths_; }
  const std::vector<int>& descriptors() const { return descriptors_; }

  const std::vector<std::string>& scratch_paths() const { return scratch_paths_; }

  /// Opens file `i` as open_for_strategy() does. Throws IoError too if its name leads to another file by now.
  int open_for_strategy(std::size_t i, const Access& access) const;

  /// Opens scratch file `i` for reading and writing, likewise.
  int open_scratch(std::size_t i) const;

  /// Removes the scratch files alone.
  void remove_scratch() const;

  /// Removes all files, unless a process hangs in the kernel (left_to_kernel()): whoever touches its files may hang
  /// too.
  void remove() const;

 private:
  void make(unsigned scratch_files);
  int make_file(const std::string& path) const;
  int open_made(const std::string& path, int made, const Access& access) const;
  void close_all() const;

  const OwnedDescriptor own_directory_;
  const int directory_;
  std::vector<std::string> paths_;
  std::vector<std::string> scratch_paths_;
  std::vector<int> descriptors_;
  std::vector<int> scratch_descriptors_;
};

/// Removes the files of a trial at the end of a scope, whatever came of the trial.
class RemovedFiles {
 public:
  enum class Which { kAll, kScratch };

  /// The files must outlive it.
  explicit RemovedFiles(const TrialFiles& files, Which which = Which::kAll) : files_(files), which_(which) {}
  RemovedFiles(const RemovedFiles&) = delete;
  RemovedFiles& operator=(const RemovedFiles&) = delete;
  ~RemovedFiles() {
    if (which_ == Which::kAll) {
      files_.remove();
    } else {
      files_.remove_scratch();
    }
  }

 private:
  const TrialFiles& files_;
  const Which which_;
};

}  // namespace writebench::engine
