#pragma once

#include <string>
#include <vector>

#include "writebench/strategy.hpp"

namespace writebench::engine {

/// The number of files that a strategy writes.
unsigned file_count(const Contract& contract, unsigned writers);

/// Opens an existing file as `access` says, at offset 0. Throws IoError, and Unsupported if the file system does not
/// support O_DIRECT.
int open_for_strategy(const std::string& path, const Access& access);

/// The files of one trial. Makes them and keeps each one open for reading until its verification, so that a removed or
/// replaced file can be detected. The descriptors are read-only: with a writable one, the strategy's close would not be
/// the last close of a writer, in which the file system may do work.
class TrialFiles {
 public:
  /// The files must not exist. Throws IoError, after removing the files made so far.
  explicit TrialFiles(std::vector<std::string> paths);
  TrialFiles(const TrialFiles&) = delete;
  TrialFiles& operator=(const TrialFiles&) = delete;
  ~TrialFiles();  // closes the descriptors, leaves the files

  const std::vector<std::string>& paths() const { return paths_; }
  const std::vector<int>& descriptors() const { return descriptors_; }

  /// Removes the files at the paths.
  void remove() const;

 private:
  void close();

  const std::vector<std::string> paths_;
  std::vector<int> descriptors_;
};

}  // namespace writebench::engine
