#pragma once

#include <string>

namespace writebench::engine {

/// A private directory for the files of one run, made by mkdtemp(3) inside a directory of the user's. It and all files
/// made through file_path() go with this object, unless keep() was called; nothing else is ever removed.
class Scratch {
 public:
  /// Throws IoError where `parent` cannot take a directory.
  explicit Scratch(const std::string& parent);
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch();

  const std::string& path() const { return path_; }

  /// A path inside; `name` must have no slash.
  std::string file_path(const std::string& name) const { return path_ + "/" + name; }

  /// Leaves the directory and its files to the user.
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

}  // namespace writebench::engine
