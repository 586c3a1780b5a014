#include "engine/process/signals.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <exception>
#include <initializer_list>
#include <utility>

#include "engine/process/end_actions.hpp"
#include "engine/process/try_write.hpp"

namespace writebench::engine {
namespace {

constexpr int kMostSignals = 64;
constexpr std::int64_t kWithinMs = 1000;          // from a signal to the end
constexpr std::int64_t kSavingWithinMs = 10'000;  // if what was measured is still being saved
constexpr std::int64_t kSameMs = 200;             // within which a signal is taken for the one before
constexpr int kPatienceMs = 500;                  // with children that have got their last signal

std::atomic<pid_t> handling_process{0};
std::atomic<bool> noting{false};
std::atomic<int> first_signal{0};
std::atomic<std::int64_t> first_at_ms{0};
std::atomic<bool> is_saving{false};
std::atomic<const char*> library_in_control{nullptr};
std::array<bool, kMostSignals + 1> caught{};
bool alarm_was_ignored = false;
timer_t watchdog{};
bool has_watchdog = false;
char watchdog_mark = 0;  // its address tells the watchdog's signal from others
std::function<void()> save_at_exit;

std::int64_t signal_clock_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

// What does not end a process by default, or cannot be caught.
bool ends_process(int number) {
  for (const int other : {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU}) {
    if (number == other) return false;
  }
  return true;
}

bool is_fault(int number) {
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS}) {
    if (number == fault) return true;
  }
  return false;
}

// Text of limited length, made without a call that a signal handler must not make.
class SignalMessage {
 public:
  SignalMessage& operator<<(const char* text) {
    while (*text != '\0') add(*text++);
    return *this;
  }
  SignalMessage& operator<<(int number) {
    if (number >= 10) *this << number / 10;
    add(static_cast<char>('0' + number % 10));
    return *this;
  }
  // A path may contain anything; a terminal gets no control characters.
  void add_path(const char* path) {
    for (; *path != '\0'; ++path) add(static_cast<unsigned char>(*path) < 0x20 || *path == 0x7f ? '?' : *path);
  }
  void add_signal(int number) {
    const char* const name = ::sigabbrev_np(number);
    if (name != nullptr) {
      *this << "SIG" << name;
    } else {
      *this << "signal " << number;
    }
  }
  void write_to_stderr() const { try_write(STDERR_FILENO, text_.data(), size_); }

 private:
  void add(char character) {
    if (size_ < text_.size()) text_[size_++] = character;
  }

  std::array<char, 1024> text_;
  std::size_t size_ = 0;
};

void print_left(const char* path) {
  SignalMessage message;
  message << "writebench: '";
  message.add_path(path);
  message << "' is left\n";
  message.write_to_stderr();
}

void say_what_is_left(const EndActions& done) {
  if (!done.children_ended) {
    SignalMessage message;
    message << "writebench: a child process hangs in the kernel, and is left to it\n";
    message.write_to_stderr();
  }
  if (!done.all_removed) for_each_removed_at_end(print_left);
}

void say_what_ended(int number, const char* more) {
  SignalMessage message;
  message << "writebench: ended by ";
  message.add_signal(number);
  message << more << "\n";
  message.write_to_stderr();
}

[[noreturn]] void end_by(int number, bool silently) {
  const EndActions done = do_end_actions(kPatienceMs);
  if (!silently) say_what_ended(number, "");
  say_what_is_left(done);
  ::_exit(128 + number);
}

// Returns if the signal is blocked until the handler is left, and then ends the process.
void die_of(int number) {
  if (::signal(number, SIG_DFL) == SIG_ERR) ::_exit(128 + number);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, number);
  ::raise(number);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
}

void arm_watchdog() {
  itimerspec time{};
  time.it_value.tv_sec = kWithinMs / 1000;
  time.it_interval.tv_nsec = 100'000'000;
  if (has_watchdog) ::timer_settime(watchdog, 0, &time, nullptr);
}

void time_is_over() {
  if (first_signal == 0 || (is_saving && signal_clock_ms() - first_at_ms < kSavingWithinMs)) return;
  end_by(first_signal, false);
}

void act(int number, const siginfo_t& info) {
  if (::getpid() != handling_process) return die_of(number);  // a child that somebody else forked
  if (number == SIGALRM && info.si_code == SI_TIMER && info.si_value.sival_ptr == &watchdog_mark) return time_is_over();
  if (number == SIGALRM && alarm_was_ignored) return;
  // The kernel sends SIGXFSZ and SIGPIPE in the name of the process itself.
  const bool own = info.si_code <= 0 && info.si_code != SI_TIMER && info.si_pid == handling_process;
  if (number == SIGXFSZ && own) return;
  if (is_fault(number) && (info.si_code > 0 || own)) {
    const EndActions done = do_end_actions(kPatienceMs);
    say_what_ended(number, ", which is a fault of the program");
    say_what_is_left(done);
    return die_of(number);
  }
  const bool silently = number == SIGPIPE;  // as a program ends whose reader has seen enough
  if (!noting) end_by(first_signal != 0 ? first_signal.load() : number, silently);
  int none = 0;
  if (first_signal.compare_exchange_strong(none, number)) {
    first_at_ms = signal_clock_ms();
    arm_watchdog();
  } else if (!silently && signal_clock_ms() - first_at_ms > kSameMs) {
    end_by(first_signal, false);
  }
}

void handle(int number, siginfo_t* info, void*) {
  const int error = errno;
  act(number, *info);
  errno = error;
}

// The C library keeps two signals to itself, and sigaction(3) refuses them; but they end a process that uses no thread
// cancellation. The kernel gets the same for them as for another signal.
constexpr std::size_t kSetBytes = 8;
struct alignas(std::uint64_t) KernelAction : std::array<char, 64> {};

void catch_reserved_signals() {
  KernelAction action{};
  if (::syscall(SYS_rt_sigaction, SIGTERM, nullptr, action.data(), kSetBytes) != 0) return;
  void (*handler)(int) = nullptr;
  std::memcpy(&handler, action.data(), sizeof handler);
  if (reinterpret_cast<void*>(handler) != reinterpret_cast<void*>(handle)) return;
  for (int number = 32; number < SIGRTMIN; ++number) {
    KernelAction old{};
    if (::syscall(SYS_rt_sigaction, number, nullptr, old.data(), kSetBytes) != 0) continue;
    std::memcpy(&handler, old.data(), sizeof handler);
    if (handler != SIG_DFL) continue;
    caught[static_cast<std::size_t>(number)] =
        ::syscall(SYS_rt_sigaction, number, action.data(), nullptr, kSetBytes) == 0;
  }
}

void default_reserved_signals() {
  const KernelAction action{};
  for (int number = 32; number < SIGRTMIN; ++number) {
    if (caught[static_cast<std::size_t>(number)]) {
      ::syscall(SYS_rt_sigaction, number, action.data(), nullptr, kSetBytes);
    }
  }
}

// The handler runs even if a fault is that the stack is full.
void use_stack_of_its_own() {
  static std::array<char, 64 << 10> stack;
  stack_t alternative{};
  alternative.ss_sp = stack.data();
  alternative.ss_size = stack.size();
  stack_t old{};
  if (::sigaltstack(nullptr, &old) == 0 && (old.ss_flags & SS_DISABLE) != 0) ::sigaltstack(&alternative, nullptr);
}

// Without a timer, a noted signal has no time limit.
void make_watchdog() {
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = SIGALRM;
  event.sigev_value.sival_ptr = &watchdog_mark;
  has_watchdog = ::timer_create(CLOCK_MONOTONIC, &event, &watchdog) == 0;
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGALRM);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
}

// What a process does on its way out if it did not come back from a library. The stack is as it was, so results can be
// saved.
void at_exit() {
  if (::getpid() != handling_process || !anything_removed_at_end()) return;
  const char* const name = library_in_control;
  ::close(STDIN_FILENO);  // the want of a descriptor may be why the library gave up, and saving needs one
  if (save_at_exit) {
    try {
      save_at_exit();
    } catch (const std::exception&) {  // what was saved before is all there is
    }
  }
  const EndActions done = do_end_actions(kPatienceMs);
  SignalMessage message;
  message << "writebench: " << (name != nullptr ? name : "a library") << " has ended the process by exit()\n";
  message.write_to_stderr();
  say_what_is_left(done);
  ::_exit(1);
}

void do_nothing(int) {}

}  // namespace

void catch_signals() {
  handling_process = ::getpid();
  use_stack_of_its_own();
  struct sigaction action {};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;  // poll(2) and the like return all the same
  sigfillset(&action.sa_mask);
  for (int number = 1; number <= kMostSignals; ++number) {
    if (!ends_process(number)) continue;
    struct sigaction old {};
    if (::sigaction(number, nullptr, &old) != 0) continue;
    const bool is_ignored = (old.sa_flags & SA_SIGINFO) == 0 && old.sa_handler == SIG_IGN;
    const bool is_default = (old.sa_flags & SA_SIGINFO) == 0 && old.sa_handler == SIG_DFL;
    if (number == SIGALRM) alarm_was_ignored = is_ignored;
    if (!is_default && !(number == SIGALRM && is_ignored)) continue;
    caught[static_cast<std::size_t>(number)] = ::sigaction(number, &action, nullptr) == 0;
  }
  catch_reserved_signals();
  make_watchdog();
  std::atexit(at_exit);
}

void note_signals() { noting = true; }

void stop_noting_signals() { noting = false; }

int noted_signal() { return first_signal; }

SavingResults::SavingResults() { is_saving = true; }

SavingResults::~SavingResults() {
  is_saving = false;
  if (first_signal != 0 && noting) arm_watchdog();
}

std::string name_of_signal(int number) {
  const char* const name = ::sigabbrev_np(number);
  return name != nullptr ? std::string("SIG") + name : "signal " + std::to_string(number);
}

HeldSignals::HeldSignals() {
  sigset_t all;
  sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, &before_);
}

HeldSignals::~HeldSignals() { ::sigprocmask(SIG_SETMASK, &before_, nullptr); }

void use_signals_of_child() {
  for (int number = 1; number <= kMostSignals; ++number) {
    struct sigaction old {};
    if (::sigaction(number, nullptr, &old) != 0) continue;
    const bool is_ignored = (old.sa_flags & SA_SIGINFO) == 0 && old.sa_handler == SIG_IGN;
    if (is_ignored || caught[static_cast<std::size_t>(number)]) ::signal(number, SIG_DFL);
  }
  default_reserved_signals();
  struct sigaction nothing {};
  nothing.sa_handler = do_nothing;
  nothing.sa_flags = SA_RESTART;
  sigemptyset(&nothing.sa_mask);
  for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXFSZ}) ::sigaction(number, &nothing, nullptr);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

InLibrary::InLibrary(const char* name) : outer_(library_in_control.exchange(name)) {}

InLibrary::~InLibrary() { library_in_control = outer_; }

SavedAtExit::SavedAtExit(std::function<void()> save) { save_at_exit = std::move(save); }

SavedAtExit::~SavedAtExit() { save_at_exit = nullptr; }

}  // namespace writebench::engine
