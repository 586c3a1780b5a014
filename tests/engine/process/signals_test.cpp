#include "engine/process/signals.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <new>
#include <string>
#include <thread>

#include "engine/process/end_actions.hpp"
#include "engine/trial/scratch.hpp"
#include "tests/engine/process/forked.hpp"

namespace writebench::engine {
namespace {

using tests::Forked;
using tests::holds_soon;
using tests::TemporaryDirectory;
namespace fs = std::filesystem;

// Shared with the child that a test forks.
class Flag {
 public:
  Flag()
      : value_(new (::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                           0)) std::atomic<int>(0)) {}
  Flag(const Flag&) = delete;
  Flag& operator=(const Flag&) = delete;
  ~Flag() { ::munmap(value_, sizeof(std::atomic<int>)); }
  std::atomic<int>& operator*() const { return *value_; }

 private:
  std::atomic<int>* value_;
};

void fill(const Scratch& scratch) {
  for (const std::string& path : scratch.file_paths(1, 2)) std::ofstream(path) << "line";
}

bool ends_a_process(int number) {
  for (const int other : {SIGKILL, SIGSTOP, SIGCHLD, SIGCONT, SIGURG, SIGWINCH, SIGTSTP, SIGTTIN, SIGTTOU}) {
    if (number == other) return false;
  }
  return true;
}

// A sanitizer has handlers of its own, which stay, and so has the C library once there was a second thread. That one
// tells nobody about its handlers but the kernel.
bool has_handler(int number) {
  constexpr std::size_t kSetBytes = 8;
  alignas(std::uint64_t) std::array<char, 64> action{};  // begins with the handler
  void (*handler)(int) = nullptr;
  if (::syscall(SYS_rt_sigaction, number, nullptr, action.data(), kSetBytes) != 0) return false;
  std::memcpy(&handler, action.data(), sizeof handler);
  return handler != SIG_DFL;
}

// A process with scratch files that waits for a signal, with its stdin free for it to say that it is ready.
class WaitingProcess {
 public:
  explicit WaitingProcess(const std::function<void()>& prepare = [] {})
      : forked_([&] {
          prepare();
          catch_signals();
          const Scratch scratch(directory_.path());
          fill(scratch);
          *ready_ = 1;
          while (true) ::pause();
        }) {
    EXPECT_TRUE(holds_soon([&] { return *ready_ == 1; }));
  }

  Forked& process() { return forked_; }
  bool has_files() const { return !fs::is_empty(directory_.path()); }

 private:
  TemporaryDirectory directory_;
  Flag ready_;
  Forked forked_;
};

TEST(Signals, EverySignalThatEndsAProcessRemovesItsFilesAndIsTold) {
  int tried = 0;
  for (int number = 1; number <= 64; ++number) {
    if (!ends_a_process(number) || has_handler(number)) continue;
    SCOPED_TRACE(name_of_signal(number));
    ++tried;
    WaitingProcess waiting;
    ::kill(waiting.process().pid(), number);
    const int status = waiting.process().wait();
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 128 + number);
    EXPECT_FALSE(waiting.has_files());
    // A reader that has seen enough needs no message.
    EXPECT_EQ(waiting.process().errors(),
              number == SIGPIPE ? "" : "writebench: ended by " + name_of_signal(number) + "\n");
  }
  EXPECT_GE(tried, 40);
}

TEST(Signals, ATerminalIsRestored) {
  Forked process([] {
    catch_signals();
    restore_terminal_at_end("<restored>");
    ::kill(::getpid(), SIGTERM);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 128 + SIGTERM);
  EXPECT_EQ(process.errors(), "<restored>writebench: ended by SIGTERM\n");
}

TEST(Signals, AnIgnoredSignalStaysIgnored) {
  for (const int number : {SIGHUP, SIGINT, SIGALRM, SIGUSR1}) {
    WaitingProcess waiting([&] { ::signal(number, SIG_IGN); });
    ::kill(waiting.process().pid(), number);
    ::kill(waiting.process().pid(), SIGTERM);
    EXPECT_EQ(WEXITSTATUS(waiting.process().wait()), 128 + SIGTERM);
  }
}

TEST(Signals, AFaultOfTheProgramRemovesItsFilesAndEndsItByTheSameSignal) {
  for (const int number : {SIGABRT, SIGTRAP}) {
    const TemporaryDirectory directory;
    Forked process([&] {
      catch_signals();
      const Scratch scratch(directory.path());
      fill(scratch);
      if (number == SIGABRT) std::abort();
      ::raise(number);
    });
    const int status = process.wait();
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(WTERMSIG(status), number);
    EXPECT_TRUE(fs::is_empty(directory.path()));
    EXPECT_EQ(process.errors(),
              "writebench: ended by " + name_of_signal(number) + ", which is a fault of the program\n");
  }
}

TEST(Signals, ANotedSignalIsLeftToTheWork) {
  Forked process([] {
    catch_signals();
    note_signals();
    ::kill(::getpid(), SIGUSR2);
    ::_exit(noted_signal() == SIGUSR2 ? 7 : 1);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 7);
}

TEST(Signals, TheSameSignalMayComeTwiceAtOnce) {
  Forked process([] {
    catch_signals();
    note_signals();
    for (int i = 0; i < 3; ++i) ::kill(::getpid(), SIGINT);
    ::_exit(noted_signal() == SIGINT ? 7 : 1);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 7);
}

TEST(Signals, ASecondSignalEndsTheWorkAtOnce) {
  Forked process([] {
    catch_signals();
    note_signals();
    const SavingResults saving;  // so that only the second signal can end it
    ::kill(::getpid(), SIGINT);
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    ::kill(::getpid(), SIGTERM);
    ::_exit(1);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 128 + SIGINT) << "the first one is told";
  EXPECT_EQ(process.errors(), "writebench: ended by SIGINT\n");
}

TEST(Signals, WorkThatDoesNotEndIsEnded) {
  const TemporaryDirectory directory;
  Forked process([&] {
    catch_signals();
    const Scratch scratch(directory.path());
    fill(scratch);
    note_signals();
    ::kill(::getpid(), SIGTERM);
    while (true) ::pause();
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 128 + SIGTERM);
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST(Signals, HeldSignalsComeAfterwards) {
  Forked process([] {
    catch_signals();
    note_signals();
    {
      const HeldSignals held;
      ::kill(::getpid(), SIGTERM);
      if (noted_signal() != 0) ::_exit(1);
    }
    ::_exit(noted_signal() == SIGTERM ? 7 : 2);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 7);
}

TEST(Signals, AWriteBeyondTheLimitOfFilesIsAnErrorOfTheWrite) {
  const TemporaryDirectory directory;
  Forked process([&] {
    catch_signals();
    const rlimit limit{100, 100};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const int file = ::open((directory.path() / "file").c_str(), O_CREAT | O_WRONLY, 0600);
    const std::string text(200, 'x');
    if (::write(file, text.data(), text.size()) != 100) ::_exit(1);
    ::_exit(::write(file, text.data(), text.size()) < 0 && errno == EFBIG ? 7 : 2);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 7);
}

TEST(Signals, AChildHasDefaultsAndNoBlockedSignal) {
  Forked process([] {
    ::signal(SIGUSR1, SIG_IGN);
    sigset_t all;
    sigfillset(&all);
    catch_signals();
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    use_signals_of_child();
    sigset_t blocked;
    ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
    for (int number = 1; number <= 64; ++number) {
      struct sigaction action {};
      if (::sigaction(number, nullptr, &action) != 0) continue;
      if (sigismember(&blocked, number) == 1) ::_exit(number);
      const bool is_left_to_parent =
          number == SIGINT || number == SIGTERM || number == SIGHUP || number == SIGQUIT || number == SIGXFSZ;
      const bool is_ours = number == SIGUSR2 || number == SIGALRM || number == SIGUSR1 || number == SIGPIPE;
      if (is_ours && action.sa_handler != SIG_DFL) ::_exit(number);
      if (is_left_to_parent && (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN)) ::_exit(number);
    }
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) ::raise(number);
    ::_exit(77);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 77);
}

TEST(Signals, ALibraryThatCallsExitIsNamedAndWhatWasMeasuredIsSaved) {
  for (const int status : {0, 1}) {
    const TemporaryDirectory directory;
    Forked process([&] {
      catch_signals();
      const Scratch scratch(directory.path());
      fill(scratch);
      const SavedAtExit saved([&] { std::ofstream(directory.path() / "report") << "report"; });
      const InLibrary library("libhasty");
      std::exit(status);
    });
    EXPECT_EQ(WEXITSTATUS(process.wait()), 1);
    EXPECT_TRUE(fs::exists(directory.path() / "report"));
    EXPECT_EQ(std::distance(fs::directory_iterator(directory.path()), fs::directory_iterator()), 1);
    EXPECT_EQ(process.errors(), "writebench: libhasty has ended the process by exit()\n");
  }
}

TEST(Signals, AnExitWithNothingToUndoIsAnExit) {
  Forked process([] {
    catch_signals();
    std::exit(5);
  });
  EXPECT_EQ(WEXITSTATUS(process.wait()), 5);
  EXPECT_EQ(process.errors(), "");
}

}  // namespace
}  // namespace writebench::engine
