#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>

namespace writebench::tests {

/// A child process of the test that runs a function, and then ends with status 0. SIGINT and SIGQUIT are not ignored in
/// it. Its stderr is read.
class Forked {
 public:
  explicit Forked(const std::function<void()>& body);
  Forked(const Forked&) = delete;
  Forked& operator=(const Forked&) = delete;
  ~Forked();

  pid_t pid() const { return pid_; }

  /// Waits for the end; the wait status, as from waitpid(2).
  int wait();

  /// What it has printed on stderr. Call it after wait().
  std::string errors() const;

 private:
  pid_t pid_ = -1;
  int errors_ = -1;
};

/// Waits until the condition holds, for half a minute at most; returns whether it does.
bool holds_soon(const std::function<bool()>& condition);

/// Whether there is such a process; one that has ended but was not reaped does not count.
bool is_running(pid_t pid);

/// A directory for one test, removed with the object.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace writebench::tests
