#pragma once

#include <string>
#include <string_view>

namespace writebench::reports {

/// A report's place on disk. Throws std::runtime_error with a message fit for the user.
class ReportFile {
 public:
  /// Makes sure, before anything is measured, that `path` can take a report: its directory can be written, and what
  /// stands there already, if anything, is a report of ours. A symbolic link is followed. Changes nothing.
  explicit ReportFile(const std::string& path);

  /// Replaces the file at once and whole: a temporary file beside it, then rename(2). With `durable` it is synced
  /// first.
  void save(std::string_view text, bool durable) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace writebench::reports
