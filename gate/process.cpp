#include "gate/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>

#include "engine/owned_descriptor.hpp"
#include "engine/process/guarded_process.hpp"
#include "engine/process/process_tree.hpp"
#include "engine/run/interrupt.hpp"

namespace writebench::gate {
namespace {

constexpr std::size_t kMostErrors = 4096;
constexpr std::chrono::milliseconds kGrace{600};  // we have a second ourselves

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

// Appends the available bytes; false at the end of the stream.
bool read_some(int descriptor, std::string& text) {
  std::array<char, 65536> block;
  const ssize_t got = ::read(descriptor, block.data(), block.size());
  if (got < 0) return errno == EINTR || errno == EAGAIN;
  text.append(block.data(), static_cast<std::size_t>(got));
  return got > 0;
}

// Reads what has come, without waiting for more.
void read_rest(int descriptor, std::string& text, std::size_t most_bytes) {
  pollfd more{descriptor, POLLIN, 0};
  while (text.size() <= most_bytes && ::poll(&more, 1, 0) > 0 && read_some(descriptor, text)) {
  }
}

// The signal by which a program is asked to end. It need not be prepared for each that we are.
int passed_on(int number) { return number == SIGINT || number == SIGHUP || number == SIGQUIT ? number : SIGTERM; }

// Asks the program by a signal to end, so that it can clean up; kills it if it does not.
class Interruption {
 public:
  Interruption(const engine::GuardedProcess& program, const std::function<bool()>& waiting)
      : program_(program), waiting_(waiting) {}

  void look() {
    if (!passed_on_ && engine::interrupted() == 0 && (!waiting_ || waiting_())) return;
    if (!passed_on_) {
      program_.signal(passed_on(engine::interrupted()));
      passed_on_ = true;
      deadline_ = Clock::now() + kGrace;
    } else if (Clock::now() > deadline_) {
      program_.kill();
    }
  }

 private:
  const engine::GuardedProcess& program_;
  const std::function<bool()>& waiting_;
  bool passed_on_ = false;
  Clock::time_point deadline_{};
};

}  // namespace

Ended run_process(const std::vector<std::string>& arguments, std::size_t most_output_bytes,
                  const std::function<bool()>& waiting) {
  engine::adopt_orphans();
  const engine::OwnedDescriptor input(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (input.get() < 0) throw std::system_error(errno, std::generic_category(), "/dev/null");
  Pipe output;
  Pipe errors;
  engine::GuardedProcess program(arguments, {input.get(), output.writer(), errors.writer()});
  output.close_writer();
  errors.close_writer();
  Ended ended;
  // The end of the program counts, not that of its streams: it may close them early, or leave them to a process that
  // goes on.
  std::array<pollfd, 3> events{pollfd{program.descriptor(), POLLIN, 0}, pollfd{output.reader(), POLLIN, 0},
                               pollfd{errors.reader(), POLLIN, 0}};
  Interruption interruption(program, waiting);
  while (events[0].revents == 0) {
    interruption.look();
    // With a timeout, because a signal may arrive between the check and the wait.
    if (::poll(events.data(), events.size(), 100) < 0) {
      for (pollfd& event : events) event.revents = 0;
      continue;
    }
    if (events[1].revents != 0 && !read_some(events[1].fd, ended.output)) events[1].fd = -1;
    if (events[2].revents != 0 && !read_some(events[2].fd, ended.errors)) events[2].fd = -1;
    if (ended.errors.size() > kMostErrors) ended.errors.resize(kMostErrors);
    if (ended.output.size() > most_output_bytes) throw std::length_error("it prints too much");
  }
  read_rest(output.reader(), ended.output, most_output_bytes);
  read_rest(errors.reader(), ended.errors, kMostErrors);
  if (ended.errors.size() > kMostErrors) ended.errors.resize(kMostErrors);
  if (ended.output.size() > most_output_bytes) throw std::length_error("it prints too much");
  const engine::GuardedProcess::Ended end = program.wait();
  ended.status = end.status;
  for (const pid_t pid : end.left) engine::leave_to_kernel(pid);
  return ended;
}

}  // namespace writebench::gate
