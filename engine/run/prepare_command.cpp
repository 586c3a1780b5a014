#include "engine/run/prepare_command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <stdexcept>

#include "engine/machine/running_clock.hpp"
#include "engine/owned_descriptor.hpp"
#include "engine/process/guarded_process.hpp"
#include "engine/process/signals.hpp"

namespace writebench::engine {
namespace {

// The last line that is not empty, of the last part of the file.
std::string last_line(int descriptor) {
  constexpr off_t kMostBytes = 4096;
  struct stat status {};
  if (descriptor < 0 || ::fstat(descriptor, &status) != 0) return "";
  std::string text(static_cast<std::size_t>(std::min(status.st_size, kMostBytes)), '\0');
  const ssize_t read = ::pread(descriptor, text.data(), text.size(), status.st_size - static_cast<off_t>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(read, 0)));
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
}

std::string ending_of(int status) {
  return WIFSIGNALED(status) ? "was ended by " + name_of_signal(WTERMSIG(status))
                             : "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

bool run_prepare_command(const std::string& command, std::chrono::nanoseconds timeout,
                         const TrialRunner::Waiting& waiting) {
  const OwnedDescriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const OwnedDescriptor said(::memfd_create("stderr of --prepare-command", MFD_CLOEXEC));
  GuardedProcess process({"/bin/sh", "-c", command},
                         {nothing.get(), nothing.get(), said.get() >= 0 ? said.get() : nothing.get()});
  const auto began = running_now();
  bool stopped = false;
  bool late = false;
  for (pollfd ended{process.descriptor(), POLLIN, 0}; ::poll(&ended, 1, 100) <= 0;) {
    if (stopped || late) continue;
    stopped = !waiting();
    late = running_now() - began > timeout;
    if (stopped || late) process.kill();
  }
  const int status = process.wait().status;
  if (stopped) return false;
  if (late) throw std::runtime_error("the command of --prepare-command takes longer than --timeout");
  if (status == 0) return true;
  const std::string line = last_line(said.get());
  throw std::runtime_error("the command of --prepare-command " + ending_of(status) + (line.empty() ? "" : ": " + line));
}

}  // namespace writebench::engine
