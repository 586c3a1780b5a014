#include "engine/trial/child_process.hpp"

#include <gtest/gtest.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <system_error>

#include "engine/process/process_tree.hpp"

namespace writebench::engine {
namespace {

using std::chrono::milliseconds;

[[noreturn]] void sleep_for_ever() {
  while (true) ::pause();
}

TEST(ChildProcess, GivesTheWaitStatusOfAnEnd) {
  ChildProcess exits([] { ::_exit(7); });
  while (!exits.ended_within(milliseconds(1000))) {
  }
  const auto status = exits.wait_status();
  ASSERT_TRUE(status);
  EXPECT_EQ(WEXITSTATUS(*status), 7);
}

TEST(ChildProcess, IsKilledWhenItIsNoLongerWanted) {
  pid_t id = 0;
  {
    const ChildProcess child(sleep_for_ever);
    id = child.id();
    EXPECT_FALSE(child.ended_within(milliseconds(0)));
  }
  EXPECT_EQ(::kill(id, 0), -1);
  EXPECT_TRUE(left_to_kernel().empty());
}

TEST(ChildProcess, IsKilledEvenIfItIsStopped) {
  ChildProcess child(sleep_for_ever);
  ::kill(child.id(), SIGSTOP);
  EXPECT_TRUE(child.kill(milliseconds(10'000)));
}

// In a process that may have no child: says what came of making one.
[[noreturn]] void fork_without_room() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_NPROC, &none);
  if (::getuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
  try {
    ChildProcess child(sleep_for_ever);
  } catch (const std::system_error& error) {
    std::fputs(error.what(), stderr);
    ::_exit(0);
  }
  ::_exit(2);
}

TEST(ChildProcess, SaysThatTheKernelRefusesToFork) {
  EXPECT_EXIT(fork_without_room(), testing::ExitedWithCode(0), "^fork: Resource temporarily unavailable$");
}

// A process that traces another and does not let its end be seen.
class Tracer {
 public:
  explicit Tracer(pid_t traced) {
    std::array<int, 2> ready{};
    if (::pipe(ready.data()) != 0) return;
    process_ = ::fork();
    if (process_ == 0) {
      const char works = ::ptrace(PTRACE_SEIZE, traced, nullptr, PTRACE_O_TRACEEXIT) == 0 ? 'y' : 'n';
      if (::write(ready[1], &works, 1) == 1) sleep_for_ever();
      ::_exit(1);
    }
    char answer = 'n';
    works_ = ::read(ready[0], &answer, 1) == 1 && answer == 'y';
    ::close(ready[0]);
    ::close(ready[1]);
  }
  Tracer(const Tracer&) = delete;
  Tracer& operator=(const Tracer&) = delete;
  ~Tracer() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  bool works() const { return works_; }

 private:
  pid_t process_ = -1;
  bool works_ = false;
};

TEST(ChildProcess, IsLeftIfItDoesNotEndThoughItIsKilled) {
  ChildProcess child(sleep_for_ever);
  {
    const Tracer tracer(child.id());
    if (!tracer.works()) GTEST_SKIP() << "no process may trace another here";
    EXPECT_FALSE(child.kill(milliseconds(50)));
    EXPECT_EQ(left_to_kernel(), std::vector<pid_t>{child.id()});
  }
  for (int i = 0; i < 10'000 && !left_to_kernel().empty(); ++i) ::usleep(1000);
  EXPECT_TRUE(left_to_kernel().empty()) << "it has ended since";
}

}  // namespace
}  // namespace writebench::engine
