#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/process/end_actions.hpp"

namespace writebench::engine {

/// A private directory for the files of one run, made by mkdtemp(3) in a directory of the user's. The destructor
/// removes it and all files made through file_path(), unless keep() was called; it removes nothing else.
class Scratch {
 public:
  /// Throws IoError if the directory cannot be made in `parent`.
  explicit Scratch(const std::string& parent);
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  const std::string& path() const { return path_; }

  /// A path inside; `name` must not contain a slash.
  std::string file_path(const std::string& name) const { return path_ + "/" + name; }

  /// Paths for the files of one trial: `3.txt` or, if there are several, `3-0.txt`, `3-1.txt`, … Names are numbers,
  /// because a cell's id may be too long for a file name.
  std::vector<std::string> file_paths(std::size_t number, unsigned files) const;

  /// Leaves the directory and its files to the user.
  void keep() {
    kept_ = true;
    removed_at_end_.reset();
  }

 private:
  std::string path_;
  std::optional<RemovedAtEnd> removed_at_end_;
  bool kept_ = false;
};

}  // namespace writebench::engine
