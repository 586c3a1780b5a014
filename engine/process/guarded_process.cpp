#include "engine/process/guarded_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <initializer_list>
#include <system_error>

#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "engine/process/try_write.hpp"

namespace writebench::engine {
namespace {

using Clock = std::chrono::steady_clock;

// What the guard is told by signals. SIGHUP also comes from the kernel, when its parent has died.
constexpr int kEndSoon = SIGHUP;  // ask the program by SIGTERM first, so that it can remove its files
constexpr int kEndNow = SIGTERM;
constexpr std::chrono::milliseconds kSoon{300};
constexpr std::chrono::milliseconds kPatienceAfterKill{300};  // with processes that were killed
constexpr std::chrono::milliseconds kForStragglers{100};      // to end after the program, which may not wait for them

// What the guard tells its parent.
struct GuardAnswer {
  enum class Kind : std::int32_t { kStarted, kFailed, kEnded, kOutlived, kUserTime, kSystemTime, kLeft };
  Kind kind;
  std::int32_t padding = 0;
  std::int64_t
      value;  // the program's process number, errno, its wait status, how many, ns, one that hangs in the kernel
};

struct Pipe {
  int reader;
  int writer;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "pipe2");
  return {ends[0], ends[1]};
}

// False at the end of the stream.
template <class T>
bool read_whole(int descriptor, T& value) {
  for (;;) {
    const ssize_t got = ::read(descriptor, &value, sizeof value);  // shorter than PIPE_BUF, so never torn
    if (got < 0 && errno == EINTR) continue;
    return got == static_cast<ssize_t>(sizeof value);
  }
}

void tell(int descriptor, GuardAnswer::Kind kind, std::int64_t value) {
  const GuardAnswer answer{.kind = kind, .value = value};
  try_write(descriptor, &answer, sizeof answer);
}

// What is to be executed.
struct ToExecute {
  char* const* arguments;
  const GuardedProcess::Streams& streams;
  const sigset_t& mask;
  GuardedProcess::CoreDumps core_dumps;
};

[[noreturn]] void execute(const ToExecute& program, pid_t guard, int failure) {
  const GuardedProcess::Streams& streams = program.streams;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != guard) ::_exit(127);
  ::setpgid(0, 0);
  // Numbers above the standard ones first, so that none is overwritten before it is used.
  std::array<int, 3> from{streams.input, streams.output, streams.errors};
  for (int& descriptor : from) descriptor = ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
  for (int i = 0; i < 3; ++i) ::dup2(from[static_cast<std::size_t>(i)], i);
  // Pending signals were meant for the parent; executing keeps them otherwise.
  use_signals_of_child();
  if (program.core_dumps == GuardedProcess::CoreDumps::kNone) {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
  }
  ::sigprocmask(SIG_SETMASK, &program.mask, nullptr);
  ::execvp(program.arguments[0], program.arguments);
  const int error = errno;
  try_write(failure, &error, sizeof error);
  ::_exit(127);
}

// The guard holds nothing open but the pipe to its parent: neither a terminal nor the pipes of the program.
void hold_only(int descriptor) {
  const int null = ::open("/dev/null", O_RDWR);
  for (int i = 0; i < 3; ++i) ::dup2(null, i);
  if (descriptor != 3) ::dup3(descriptor, 3, O_CLOEXEC);
  ::syscall(SYS_close_range, 4U, ~0U, 0U);
}

// How the program ended.
struct End {
  int status = SIGKILL;
  std::int64_t user_ns = 0;
  std::int64_t system_ns = 0;
};

std::int64_t usage_ns(const timeval& time) { return time.tv_sec * 1'000'000'000 + time.tv_usec * 1000; }

// Reaps what has ended. Returns whether the program is among it.
bool program_ended(pid_t program, End& end) {
  bool ended = false;
  for (;;) {
    int one = 0;
    rusage usage{};
    const pid_t reaped = ::wait4(-1, &one, WNOHANG, &usage);
    if (reaped < 0 && errno == EINTR) continue;
    if (reaped <= 0) return ended;
    end.user_ns += usage_ns(usage.ru_utime);
    end.system_ns += usage_ns(usage.ru_stime);
    if (reaped != program) continue;
    end.status = one;
    ended = true;
  }
}

// How many processes are left after the program has ended by itself. Those that it did not wait for may just be ending.
std::size_t stragglers() {
  const Clock::time_point deadline = Clock::now() + kForStragglers;
  for (;;) {
    End ignored;
    program_ended(0, ignored);
    const std::size_t count = descendants_of(::getpid()).size();
    if (count == 0 || Clock::now() > deadline) return count;
    const timespec tick{0, 5'000'000};
    ::nanosleep(&tick, nullptr);
  }
}

// Waits until the program has ended, or is to be killed. Returns whether it ended by itself. All signals are blocked.
bool watch(pid_t program, End& end) {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int number : {SIGCHLD, kEndSoon, kEndNow}) sigaddset(&awaited, number);
  std::optional<Clock::time_point> deadline;
  while (!program_ended(program, end)) {
    if (deadline && Clock::now() > *deadline) return false;
    const timespec tick{0, 50'000'000};
    const int number = deadline ? ::sigtimedwait(&awaited, nullptr, &tick) : ::sigwaitinfo(&awaited, nullptr);
    if (number == kEndNow) return false;
    if (number != kEndSoon || deadline) continue;
    ::kill(-program, SIGTERM);
    ::kill(-program, SIGCONT);
    deadline = Clock::now() + kSoon;
  }
  return !deadline;
}

[[noreturn]] void stand_guard(const ToExecute& to_run, pid_t parent, int answers, const Pipe& failures) {
  ::prctl(PR_SET_NAME, "wb-guard");
  ::prctl(PR_SET_PDEATHSIG, kEndSoon);
  if (::getppid() != parent) ::_exit(0);
  ::setpgid(0, 0);  // what a terminal sends to a process group is for the parent
  ::signal(SIGCHLD, SIG_DFL);
  adopt_orphans();
  const pid_t self = ::getpid();
  const pid_t program = ::fork();
  if (program == 0) execute(to_run, self, failures.writer);
  int error = errno;
  ::close(failures.writer);
  if (program < 0 || read_whole(failures.reader, error)) {
    if (program > 0) ::waitpid(program, nullptr, 0);
    tell(answers, GuardAnswer::Kind::kFailed, error);
    ::_exit(0);
  }
  ::setpgid(program, program);
  tell(answers, GuardAnswer::Kind::kStarted, program);
  hold_only(answers);
  End end;
  const std::size_t outlived = watch(program, end) ? stragglers() : 0;
  ::kill(-program, SIGKILL);  // at once, so that none can fork in between; finds some even without /proc
  const std::vector<pid_t> left = end_descendants(kPatienceAfterKill);
  tell(3, GuardAnswer::Kind::kEnded, end.status);
  tell(3, GuardAnswer::Kind::kOutlived, static_cast<std::int64_t>(outlived));
  tell(3, GuardAnswer::Kind::kUserTime, end.user_ns);
  tell(3, GuardAnswer::Kind::kSystemTime, end.system_ns);
  for (const pid_t pid : left) tell(3, GuardAnswer::Kind::kLeft, pid);
  ::_exit(0);
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

GuardedProcess::GuardedProcess(const std::vector<std::string>& arguments, const Streams& streams, CoreDumps core_dumps)
    : answers_(-1), guard_fd_(-1) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const Pipe answers = make_pipe();
  answers_ = OwnedDescriptor(answers.reader);
  OwnedDescriptor answers_writer(answers.writer);
  const Pipe failures = make_pipe();
  OwnedDescriptor failures_reader(failures.reader);
  OwnedDescriptor failures_writer(failures.writer);
  const pid_t parent = ::getpid();
  std::optional<HeldSignals> held(std::in_place);
  guard_ = ::fork();
  if (guard_ == 0) stand_guard({argv.data(), streams, held->before(), core_dumps}, parent, answers.writer, failures);
  if (guard_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
  guard_fd_ = OwnedDescriptor(open_pidfd(guard_));
  if (guard_fd_.get() < 0) {
    const int error = errno;
    ::kill(guard_, kEndNow);
    reap(guard_);
    throw std::system_error(error, std::generic_category(), "pidfd_open");
  }
  ended_at_end_.emplace(guard_fd_.get(), kEndSoon);
  held.reset();
  answers_writer = OwnedDescriptor(-1);
  failures_reader = OwnedDescriptor(-1);
  failures_writer = OwnedDescriptor(-1);
  GuardAnswer answer{};
  const bool answered = read_whole(answers_.get(), answer);
  if (!answered || answer.kind != GuardAnswer::Kind::kStarted) {
    reap(guard_);
    throw std::system_error(answered ? static_cast<int>(answer.value) : ECHILD, std::generic_category(), arguments[0]);
  }
  program_ = static_cast<pid_t>(answer.value);
}

GuardedProcess::~GuardedProcess() {
  if (guard_ < 0) return;
  kill();
  wait();
}

void GuardedProcess::signal(int number) const {
  ::kill(-program_, number);
  ::kill(-program_, SIGCONT);
}

void GuardedProcess::kill() const { ::kill(guard_, kEndNow); }

GuardedProcess::Ended GuardedProcess::wait() {
  Ended ended;
  bool answered = false;
  for (GuardAnswer answer{}; read_whole(answers_.get(), answer);) {
    switch (answer.kind) {
      case GuardAnswer::Kind::kLeft: ended.left.push_back(static_cast<pid_t>(answer.value)); break;
      case GuardAnswer::Kind::kOutlived: ended.outlived = static_cast<std::size_t>(answer.value); break;
      case GuardAnswer::Kind::kUserTime: ended.user_ns = answer.value; break;
      case GuardAnswer::Kind::kSystemTime: ended.system_ns = answer.value; break;
      default: ended.status = static_cast<int>(answer.value); answered = true;
    }
  }
  ended_at_end_.reset();
  reap(guard_);
  guard_ = -1;
  if (answered) return ended;
  // Somebody has killed the guard. The kernel has then killed the program, and what it started is now ours.
  ended.status = SIGKILL;
  ended.left = end_descendants(kPatienceAfterKill);
  return ended;
}

}  // namespace writebench::engine
