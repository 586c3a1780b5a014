#include "gate/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include "engine/run/interrupt.hpp"

namespace writebench::gate {
namespace {

constexpr std::size_t kMostErrors = 4096;
constexpr std::chrono::seconds kGrace{5};

using Clock = std::chrono::steady_clock;

class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_reader();
    close_writer();
  }
  int reader() const { return ends_[0]; }
  int writer() const { return ends_[1]; }
  void close_reader() { close(ends_[0]); }
  void close_writer() { close(ends_[1]); }

 private:
  static void close(int& descriptor) {
    if (descriptor >= 0) ::close(descriptor);
    descriptor = -1;
  }
  std::array<int, 2> ends_{-1, -1};
};

// Starts the program in its own process group, so that a signal reaches its children too.
pid_t spawn(const std::vector<std::string>& arguments, const Pipe& output, const Pipe& errors) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.writer(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors.writer(), STDERR_FILENO);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, argv[0], &actions, &attributes, argv.data(), environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), "posix_spawnp");
  return pid;
}

// Appends the available bytes; false at the end of the stream.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 65536> block;
  const ssize_t got = ::read(descriptor, block.data(), block.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  text.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    if (engine::interrupted() != 0) ::kill(-pid, SIGKILL);
  }
  return status;
}

// Asks the program by a signal to end, so that it can clean up; kills it if it does not.
class Interruption {
 public:
  Interruption(pid_t group, const std::function<bool()>& waiting) : group_(group), waiting_(waiting) {}

  void look() {
    if (!passed_on_ && engine::interrupted() == 0 && (!waiting_ || waiting_())) return;
    if (!passed_on_) {
      ::kill(-group_, engine::interrupted() != 0 ? engine::interrupted() : SIGTERM);
      passed_on_ = true;
      deadline_ = Clock::now() + kGrace;
    } else if (Clock::now() > deadline_) {
      ::kill(-group_, SIGKILL);
    }
  }

 private:
  pid_t group_;
  const std::function<bool()>& waiting_;
  bool passed_on_ = false;
  Clock::time_point deadline_{};
};

}  // namespace

Ended run_process(const std::vector<std::string>& arguments, std::size_t most_output_bytes,
                  const std::function<bool()>& waiting) {
  Pipe output;
  Pipe errors;
  const pid_t pid = spawn(arguments, output, errors);
  output.close_writer();
  errors.close_writer();
  Ended ended;
  std::array<pollfd, 2> streams{pollfd{output.reader(), POLLIN, 0}, pollfd{errors.reader(), POLLIN, 0}};
  Interruption interruption(pid, waiting);
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    interruption.look();
    // With a timeout, because a signal may arrive between the check and the wait.
    if (::poll(streams.data(), streams.size(), waiting ? 100 : 1000) < 0) continue;
    if (streams[0].revents != 0 && !read_some(streams[0].fd, ended.output)) streams[0].fd = -1;
    if (streams[1].revents != 0 && !read_some(streams[1].fd, ended.errors)) streams[1].fd = -1;
    if (ended.errors.size() > kMostErrors) ended.errors.resize(kMostErrors);
    if (ended.output.size() > most_output_bytes) {
      ::kill(-pid, SIGKILL);
      reap(pid);
      throw std::length_error("it prints too much");
    }
  }
  ended.status = reap(pid);
  return ended;
}

}  // namespace writebench::gate
