#pragma once

#include <string>
#include <string_view>

namespace writebench::reports {

/// The file of a report. Throws std::runtime_error with a message for the user.
class ReportFile {
 public:
  /// Checks, before anything is measured, that a report can be written to `path`: its directory is writable, and a file
  /// that exists there is a report of ours. Follows a symbolic link. Changes nothing.
  explicit ReportFile(const std::string& path);

  /// Replaces the file atomically: writes a temporary file beside it, then calls rename(2). With `durable` the
  /// temporary file is synced first.
  void save(std::string_view text, bool durable) const;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace writebench::reports
