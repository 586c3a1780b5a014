#include "engine/process/guarded_process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

#include "engine/process/process_tree.hpp"
#include "engine/process/signals.hpp"
#include "tests/engine/process/forked.hpp"

namespace writebench::engine {
namespace {

using tests::Forked;
using tests::holds_soon;
using tests::is_running;
using tests::TemporaryDirectory;

// A shell script that writes process numbers to a file, one a line.
class Script {
 public:
  explicit Script(const std::string& text) : text_("cd '" + directory_.path().string() + "'\n" + text) {}

  GuardedProcess start() const {
    const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const OwnedDescriptor owned(null);
    return GuardedProcess({"sh", "-c", text_}, {null, null, null});
  }
  // Waits until it has written so many.
  std::vector<pid_t> pids(std::size_t count) const {
    std::vector<pid_t> found;
    EXPECT_TRUE(holds_soon([&] {
      found.clear();
      std::ifstream file(directory_.path() / "pids");
      for (std::string line; std::getline(file, line);) found.push_back(std::stoi(line));
      return found.size() >= count;
    }));
    return found;
  }
  bool has(const char* name) const { return std::filesystem::exists(directory_.path() / name); }

 private:
  TemporaryDirectory directory_;
  std::string text_;
};

void expect_gone(const std::vector<pid_t>& pids) {
  for (const pid_t pid : pids) EXPECT_FALSE(is_running(pid)) << pid;
}

// Processes in every relation to the program: a child, one in a session of its own, one whose parent has ended.
constexpr const char* kFamily =
    "sleep 1000 & echo $! >> pids\n"
    "setsid sh -c 'echo $$ >> pids; exec sleep 1000' &\n"
    "sh -c 'setsid sh -c \"echo \\$\\$ >> pids; trap \\\"\\\" TERM HUP; while :; do sleep 1000; done\" &'\n";

TEST(GuardedProcess, GivesTheStatusOfTheProgram) {
  GuardedProcess ends = Script("exit 7").start();
  const int status = ends.wait().status;
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
  GuardedProcess killed = Script("kill -9 $$").start();
  EXPECT_EQ(WTERMSIG(killed.wait().status), SIGKILL);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(GuardedProcess, WhatTheProgramLeavesBehindEndsWithIt) {
  const Script script(std::string(kFamily) + "while [ $(wc -l < pids) -lt 3 ]; do sleep 0.01; done; exit 3");
  GuardedProcess process = script.start();
  const GuardedProcess::Ended ended = process.wait();
  EXPECT_EQ(WEXITSTATUS(ended.status), 3);
  EXPECT_TRUE(ended.left.empty());
  expect_gone(script.pids(3));
}

TEST(GuardedProcess, TellsHowManyProcessesTheProgramHasLeftRunning) {
  EXPECT_EQ(Script("sleep 0.02 & exit 0").start().wait().outlived, 0u) << "it ended soon after";
  EXPECT_EQ(Script("sleep 1000 & setsid sleep 1000 & sleep 0.1").start().wait().outlived, 2u);
  EXPECT_EQ(Script("exit 0").start().wait().outlived, 0u);
}

TEST(GuardedProcess, TellsTheProcessorTimeOfAll) {
  const GuardedProcess::Ended ended = Script("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done").start().wait();
  EXPECT_GT(ended.user_ns + ended.system_ns, 0);
}

TEST(GuardedProcess, KillsProcessesThatForkAndEndAgainAndAgain) {
  const Script script(
      "hop() { setsid sh -c \"$1\" hop \"$1\" & }\n"
      "echo $$ >> pids; hop 'setsid sh -c \"$1\" hop \"$1\" &'; sleep 1000");
  GuardedProcess process = script.start();
  script.pids(1);
  process.kill();
  EXPECT_TRUE(process.wait().left.empty());
}

TEST(GuardedProcess, KillingItKillsAll) {
  const Script script(std::string(kFamily) + "echo $$ >> pids; trap '' TERM; while :; do sleep 1000; done");
  GuardedProcess process = script.start();
  const std::vector<pid_t> pids = script.pids(4);
  process.kill();
  process.wait();
  expect_gone(pids);
}

TEST(GuardedProcess, DestroyingItKillsAll) {
  const Script script(std::string(kFamily) + "echo $$ >> pids; while :; do sleep 1000; done");
  std::vector<pid_t> pids;
  {
    const GuardedProcess process = script.start();
    pids = script.pids(4);
  }
  expect_gone(pids);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(GuardedProcess, AllIsGoneIfTheProcessThatStartedItIsKilled) {
  const Script script(std::string(kFamily) +
                      "trap 'touch asked; exit' TERM; echo $$ >> pids; while :; do sleep 0.01; done");
  Forked parent([&] {
    GuardedProcess process = script.start();
    process.wait();
  });
  const std::vector<pid_t> pids = script.pids(4);
  ::kill(parent.pid(), SIGKILL);
  parent.wait();
  for (const pid_t pid : pids) EXPECT_TRUE(holds_soon([&] { return !is_running(pid); })) << pid;
  EXPECT_TRUE(script.has("asked")) << "it may remove its files first";
}

TEST(GuardedProcess, AllIsGoneIfTheGuardIsKilled) {
  const Script script(std::string(kFamily) + "echo $$ >> pids; while :; do sleep 1000; done");
  Forked parent([&] {
    adopt_orphans();
    GuardedProcess process = script.start();
    ::_exit(WTERMSIG(process.wait().status) == SIGKILL ? 7 : 1);
  });
  const std::vector<pid_t> pids = script.pids(4);
  pid_t guard = 0;
  std::ifstream stat("/proc/" + std::to_string(pids[3]) + "/status");
  for (std::string line; std::getline(stat, line);) {
    if (line.starts_with("PPid:")) guard = std::stoi(line.substr(5));
  }
  ASSERT_GT(guard, 1);
  ::kill(guard, SIGKILL);
  EXPECT_EQ(WEXITSTATUS(parent.wait()), 7);
  expect_gone(pids);
}

TEST(GuardedProcess, WhatCannotBeExecutedIsAnError) {
  const OwnedDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  const GuardedProcess::Streams streams{null.get(), null.get(), null.get()};
  try {
    const GuardedProcess process({"/nonexistent/program"}, streams);
    ADD_FAILURE();
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

TEST(GuardedProcess, TheProgramHasDefaultSignalsAndNoneBlocked) {
  const Script script(
      "cat /proc/self/status > status; grep -E 'SigBlk|SigIgn|SigCgt' status | grep -v '\t0000000000000000$'");
  Forked parent([&] {
    catch_signals();
    ::signal(SIGUSR1, SIG_IGN);
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    GuardedProcess process = script.start();
    ::_exit(WEXITSTATUS(process.wait().status) == 1 ? 7 : 1);  // grep has found nothing
  });
  EXPECT_EQ(WEXITSTATUS(parent.wait()), 7);
  EXPECT_TRUE(script.has("status"));
}

TEST(ProcessTree, EndsWhatDescendsFromThisProcess) {
  const TemporaryDirectory directory;
  Forked parent([&] {
    adopt_orphans();
    const pid_t shell = ::fork();
    if (shell == 0) {
      const std::string text =
          "cd '" + directory.path().string() + "'\n" + kFamily + "while [ $(wc -l < pids) -lt 3 ]; do sleep 0.01; done";
      ::execlp("sh", "sh", "-c", text.c_str(), nullptr);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(shell, &status, 0);
    if (status != 0 || ::waitpid(-1, nullptr, WNOHANG) != 0) ::_exit(1);  // three orphans
    if (!end_descendants(std::chrono::seconds(30)).empty()) ::_exit(2);
    ::_exit(::waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD ? 7 : 3);
  });
  EXPECT_EQ(WEXITSTATUS(parent.wait()), 7);
}

TEST(ProcessTree, AChildThatIsSparedGoesOn) {
  Forked parent([] {
    const pid_t server = ::fork();
    if (server == 0) {
      while (true) ::pause();
    }
    const pid_t other = ::fork();
    if (other == 0) {
      while (true) ::pause();
    }
    {
      const SparedChild spared(server);
      if (!end_descendants(std::chrono::seconds(30)).empty()) ::_exit(1);
      if (::waitpid(server, nullptr, WNOHANG) != 0) ::_exit(2);
      if (::kill(other, 0) == 0) ::_exit(3);
    }
    if (!end_descendants(std::chrono::seconds(30)).empty()) ::_exit(4);
    ::_exit(::kill(server, 0) == 0 ? 5 : 7);
  });
  EXPECT_EQ(WEXITSTATUS(parent.wait()), 7);
}

TEST(ProcessTree, WithoutDescendantsThereIsNothingToEnd) {
  EXPECT_TRUE(end_descendants(std::chrono::seconds(30)).empty());
}

TEST(ProcessTree, AChildIsLeftToTheKernelUntilItEnds) {
  const pid_t child = ::fork();
  if (child == 0) {
    while (true) ::pause();
  }
  leave_to_kernel(child);
  EXPECT_EQ(left_to_kernel(), std::vector<pid_t>{child});
  ::kill(child, SIGKILL);
  EXPECT_TRUE(holds_soon([] { return left_to_kernel().empty(); }));
}

}  // namespace
}  // namespace writebench::engine
