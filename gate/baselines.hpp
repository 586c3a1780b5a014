#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace writebench::gate {

/// A baseline cannot be had or kept under that name; the message says what to do.
class BadBaseline : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Where they are unless the user says otherwise.
inline constexpr const char* kBaselineDirectory = "writebench-baselines";

/// Reports under a name, each a file NAME.json in one directory that can be committed or cached.
class Baselines {
 public:
  explicit Baselines(std::string directory) : directory_(std::move(directory)) {}

  /// Where the baseline of that name is, or would be. Throws BadBaseline where the name is not of letters, digits,
  /// dots, dashes and underscores, begins with a dot, or is the calibration's.
  std::string path_of(const std::string& name) const;

  /// Throws BadBaseline where it can neither be found nor made.
  void make_directory() const;

  /// Makes sure, before anything is measured, that save() will find the name free, or may replace what has it. Makes
  /// the directory. Throws BadBaseline.
  void reserve(const std::string& name, bool replace) const;

  /// Throws std::runtime_error.
  void save(const std::string& name, const std::string& text, bool replace) const;

  /// Their names, sorted; none where there is no such directory.
  std::vector<std::string> names() const;

  /// Where this directory's calibration is, or would be.
  std::string calibration_path() const;

 private:
  std::string directory_;
};

}  // namespace writebench::gate
