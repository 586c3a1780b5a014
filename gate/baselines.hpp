#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace writebench::gate {

/// A baseline cannot be read or saved under that name; the message says what to do.
class BadBaseline : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where they are unless the user says otherwise.
inline constexpr const char* kBaselineDirectory = "writebench-baselines";

/// Named reports, each in a file NAME.json of one directory that can be committed or cached.
class Baselines {
 public:
  explicit Baselines(std::string directory) : directory_(std::move(directory)) {}

  /// The path of the baseline of that name, whether or not it exists. Throws BadBaseline if the name has characters
  /// other than letters, digits, dots, dashes and underscores, begins with a dot, or is that of the calibration.
  std::string path_of(const std::string& name) const;

  /// Throws BadBaseline if the directory does not exist and cannot be made.
  void make_directory() const;

  /// Checks, before anything is measured, that the name is free for save(), or may be replaced. Makes the directory.
  /// Throws BadBaseline.
  void reserve(const std::string& name, bool replace) const;

  /// Throws std::runtime_error.
  void save(const std::string& name, const std::string& text, bool replace) const;

  /// All names, sorted; empty if the directory does not exist.
  std::vector<std::string> names() const;

  /// The path of this directory's calibration, whether or not it exists.
  std::string calibration_path() const;

 private:
  std::string directory_;
};

}  // namespace writebench::gate
