#pragma once

#include <string>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::engine {

/// How many files a strategy writes.
unsigned file_count(const Contract& contract, unsigned writers);

/// Opens a file that is there as `access` says, at offset 0. Throws IoError, and Unsupported if the file system has no
/// O_DIRECT.
int open_for_strategy(const std::string& path, const Access& access);

/// The files of one trial. Makes them, and holds each one open for reading until its verification, so that a file that
/// was removed or replaced meanwhile can be told from the one that was made. The descriptors are for reading only: a
/// writable one would keep the file system from doing at the strategy's close what it does at the last writer's.
class TrialFiles {
 public:
  /// No file may exist yet. Throws IoError; what was made by then is removed again.
  explicit TrialFiles(std::vector<std::string> paths);
  TrialFiles(const TrialFiles&) = delete;
  TrialFiles& operator=(const TrialFiles&) = delete;
  ~TrialFiles();  // leaves the files, closes the descriptors

  const std::vector<std::string>& paths() const { return paths_; }
  const std::vector<int>& descriptors() const { return descriptors_; }

  /// Removes what is at the paths.
  void remove() const;

 private:
  void close();

  const std::vector<std::string> paths_;
  std::vector<int> descriptors_;
};

}  // namespace writebench::engine
