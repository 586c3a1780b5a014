#include "strategies/support/producer_processes.hpp"

#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace writebench::strategies {
namespace {

[[noreturn]] void fail(const std::string& what) { throw std::system_error(errno, std::generic_category(), what); }

// Its reading end is hung up once no process has the writing end any more. Nothing is written, so the counters of a
// process do not show it.
class Pipe {
 public:
  Pipe() {
    if (::pipe2(ends_.data(), O_CLOEXEC) != 0) fail("pipe2");
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    close_writer();
    if (ends_[0] >= 0) ::close(ends_[0]);
  }

  void close_writer() {
    if (ends_[1] >= 0) ::close(std::exchange(ends_[1], -1));
  }
  int reader() const { return ends_[0]; }
  int release_reader() { return std::exchange(ends_[0], -1); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

void wait_for_hang_up(int reader) {
  pollfd hang_up{.fd = reader, .events = 0, .revents = 0};
  while (::poll(&hang_up, 1, -1) < 0) {
    if (errno != EINTR) fail("poll");
  }
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const char* const name = ::sigabbrev_np(WTERMSIG(status));
    return "was killed by signal " + std::to_string(WTERMSIG(status)) +
           (name != nullptr ? " (SIG" + std::string(name) + ")" : "");
  }
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace

// In memory that all of them share.
struct ProducerProcesses::Shared {
  enum Error : int { kNone, kOfSystem, kOutOfMemory, kOther };

  std::atomic<std::uint32_t> open{0};                       // the gate: a futex
  std::array<std::atomic<bool>, kProcesses.max> arrived{};  // by process: it waits at the gate
  std::array<std::atomic<bool>, kProcesses.max> done{};     // by process: its body has ended
  std::atomic<bool> error_taken{false};                     // the first error has its writer
  std::atomic<Error> error{kNone};                          // set after what follows
  int error_number = 0;                                     // kOfSystem
  std::array<char, PATH_MAX + 256> text{};                  // ended by a 0

  // Keeps the first error.
  void note(Error kind, std::string_view what, int number = 0) {
    if (error_taken.exchange(true)) return;
    what = what.substr(0, text.size() - 1);
    std::memcpy(text.data(), what.data(), what.size());
    text[what.size()] = '\0';
    error_number = number;
    error = kind;
  }

  void note_current_exception() {
    try {
      throw;
    } catch (const std::system_error& error_of_system) {
      // what() ends with what the code means, which the exception of the other process adds again.
      const std::string meaning = ": " + error_of_system.code().message();
      std::string_view what = error_of_system.what();
      if (what.ends_with(meaning)) what.remove_suffix(meaning.size());
      note(kOfSystem, what, error_of_system.code().value());
    } catch (const std::bad_alloc&) {
      note(kOutOfMemory, "");
    } catch (const std::exception& other) {
      note(kOther, other.what());
    } catch (...) {
      note(kOther, "an exception that is not a std::exception");
    }
  }

  void rethrow() const {
    switch (error) {
      case kOfSystem: throw std::system_error(error_number, std::generic_category(), text.data());
      case kOutOfMemory: throw std::bad_alloc();
      case kOther: throw std::runtime_error(text.data());
      default: break;
    }
  }

  void open_gate() {
    open = 1;
    ::syscall(SYS_futex, &open, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
  }

  void wait_at_gate() {
    while (open == 0) ::syscall(SYS_futex, &open, FUTEX_WAIT, 0, nullptr, nullptr, 0);
  }
};

ProducerProcesses::~ProducerProcesses() {
  for (const Process& process : processes_) {
    if (process.id > 0) ::kill(process.id, SIGKILL);
  }
  for (Process& process : processes_) {
    if (process.id > 0) reap(process);
    ::close(process.pipe);
  }
  if (shared_ != nullptr) ::munmap(shared_, sizeof(Shared));
}

void ProducerProcesses::start(const Job& job, unsigned processes, const Body& body) {
  void* const memory = ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("mmap");
  shared_ = new (memory) Shared;
  processes_.reserve(processes);
  const pid_t parent = ::getpid();
  Pipe arrivals;
  for (unsigned number = 0; number < processes; ++number) {
    Pipe end;
    const pid_t id = ::fork();
    if (id == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) ::_exit(0);  // it died before this process could be tied to it
      produce(job, number, body, [&] { arrivals.close_writer(); });
      arrivals.close_writer();
      end.close_writer();
      // To end takes some time, which is not the strategy's: wait to be killed.
      for (;;) ::pause();
    }
    if (id < 0) fail("cannot start process " + std::to_string(number + 1) + " of " + std::to_string(processes));
    processes_.push_back({id, end.release_reader()});
  }
  arrivals.close_writer();
  wait_for_hang_up(arrivals.reader());
  for (unsigned number = 0; number < processes; ++number) {
    if (!shared_->arrived[number]) wait_until_done(number);
  }
  throw_first_error();
}

void ProducerProcesses::run() {
  shared_->open_gate();
  for (unsigned number = 0; number < processes_.size(); ++number) wait_until_done(number);
  throw_first_error();
}

void ProducerProcesses::throw_first_error() const {
  shared_->rethrow();
  if (!death_.empty()) throw std::runtime_error(death_);
}

// Runs in the process.
void ProducerProcesses::produce(const Job& job, unsigned process, const Body& body,
                                const std::function<void()>& arrive) const {
  try {
    job.producer_begins();
    shared_->arrived[process] = true;
    arrive();
    shared_->wait_at_gate();
    body(process);
    job.producer_ends();
  } catch (...) {
    shared_->note_current_exception();
  }
  shared_->done[process] = true;
}

// A process that has ended before it was done is an error.
void ProducerProcesses::wait_until_done(unsigned number) {
  Process& process = processes_[number];
  wait_for_hang_up(process.pipe);
  if (shared_->done[number]) return;
  const std::string how = how_it_ended(reap(process));
  if (!death_.empty()) return;
  death_ = "process " + std::to_string(number + 1) + " of " + std::to_string(processes_.size()) + " " + how;
}

int ProducerProcesses::reap(Process& process) {
  int status = 0;
  while (::waitpid(process.id, &status, 0) < 0 && errno == EINTR) {
  }
  process.id = -1;
  return status;
}

}  // namespace writebench::strategies
