#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/owned_descriptor.hpp"
#include "engine/trial/scratch.hpp"
#include "writebench/strategy.hpp"

namespace writebench::engine {

/// The number of files that a strategy writes.
unsigned file_count(const Contract& contract, unsigned writers);

/// Opens an existing file as `access` says, at offset 0; not through a symbolic link. Throws IoError, and Unsupported
/// if the file system does not support O_DIRECT.
int open_for_strategy(const std::string& path, const Access& access);

/// The files of one trial. Makes them and keeps each one open for reading until its verification, so that a removed or
/// replaced file can be detected. The descriptors are read-only: with a writable one, the strategy's close would not be
/// the last close of a writer, in which the file system may do work. All but the strategies that open by name reach the
/// files through the descriptor of their directory.
class TrialFiles {
 public:
  /// The paths are those of files of the scratch directory, which do not exist. Throws IoError, also if the directory
  /// is no longer in its place, after removing the files made so far. The scratch directory must outlive them.
  TrialFiles(const Scratch& scratch, std::vector<std::string> paths);

  /// The same for paths in any one directory.
  explicit TrialFiles(std::vector<std::string> paths);
  TrialFiles(const TrialFiles&) = delete;
  TrialFiles& operator=(const TrialFiles&) = delete;
  ~TrialFiles();  // closes the descriptors, leaves the files

  const std::vector<std::string>& paths() const { return paths_; }
  const std::vector<int>& descriptors() const { return descriptors_; }

  /// Opens file `i` as open_for_strategy() does. Throws IoError too if its name leads to another file by now.
  int open_for_strategy(std::size_t i, const Access& access) const;

  /// Removes the files, unless a process hangs in the kernel (left_to_kernel()): whoever touches its files may hang
  /// too.
  void remove() const;

 private:
  void make();

  const OwnedDescriptor own_directory_;
  const int directory_;
  const std::vector<std::string> paths_;
  std::vector<int> descriptors_;
};

/// Removes the files of a trial at the end of a scope, whatever came of the trial.
class RemovedFiles {
 public:
  /// Null: none are removed. The files must outlive it.
  explicit RemovedFiles(const TrialFiles* files) : files_(files) {}
  RemovedFiles(const RemovedFiles&) = delete;
  RemovedFiles& operator=(const RemovedFiles&) = delete;
  ~RemovedFiles() {
    if (files_ != nullptr) files_->remove();
  }

 private:
  const TrialFiles* const files_;
};

}  // namespace writebench::engine
