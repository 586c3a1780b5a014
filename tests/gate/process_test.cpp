#include "gate/process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <stdexcept>
#include <string>
#include <system_error>

namespace writebench::gate {
namespace {

constexpr std::size_t kMost = 1 << 20;

Ended shell(const std::string& script, std::size_t most = kMost) { return run_process({"sh", "-c", script}, most); }

void expect_no_child() {
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Process, GivesTheStatusAndBothStreamsOfAProgram) {
  const Ended ended = shell("echo out; echo err >&2; exit 7");
  ASSERT_TRUE(WIFEXITED(ended.status));
  EXPECT_EQ(WEXITSTATUS(ended.status), 7);
  EXPECT_EQ(ended.output, "out\n");
  EXPECT_EQ(ended.errors, "err\n");
  expect_no_child();
}

TEST(Process, TellsTheSignalThatEndedAProgram) {
  const Ended ended = shell("kill -9 $$");
  ASSERT_TRUE(WIFSIGNALED(ended.status));
  EXPECT_EQ(WTERMSIG(ended.status), SIGKILL);
}

TEST(Process, PassesEachArgumentAsItIs) {
  const Ended ended = run_process({"printf", "[%s]", "a b", "", "$HOME;\"'\n"}, kMost);
  EXPECT_EQ(ended.output, "[a b][][$HOME;\"'\n]");
}

TEST(Process, ItsInputIsEmpty) { EXPECT_EQ(run_process({"cat"}, kMost).output, ""); }

TEST(Process, ReadsWhatFillsBothPipesManyTimes) {
  const Ended ended = shell("head -c 500000 /dev/zero >&2; head -c 1000000 /dev/zero; head -c 500000 /dev/zero >&2");
  EXPECT_EQ(ended.status, 0);
  EXPECT_EQ(ended.output.size(), 1'000'000u);
  EXPECT_EQ(ended.errors.size(), 4096u) << "and what follows is dropped";
}

TEST(Process, ItsFirstErrorsAreKept) {
  EXPECT_TRUE(shell("echo first >&2; head -c 100000 /dev/zero >&2").errors.starts_with("first\n"));
}

TEST(Process, EndsAProgramThatPrintsTooMuch) {
  EXPECT_THROW(run_process({"yes"}, 100'000), std::length_error);
  expect_no_child();
  EXPECT_EQ(shell("head -c 1000 /dev/zero", 1000).output.size(), 1000u) << "the most is not too much";
}

TEST(Process, EndsAProgramThatIsNoLongerWaitedFor) {
  int asked = 0;
  const Ended ended = run_process({"sleep", "100"}, kMost, [&] { return ++asked < 3; });
  ASSERT_TRUE(WIFSIGNALED(ended.status));
  EXPECT_EQ(WTERMSIG(ended.status), SIGTERM);
  EXPECT_EQ(asked, 3) << "and is not asked again";
  expect_no_child();
}

TEST(Process, AProgramIsAtItsEndThoughADaemonHoldsItsPipe) {
  const Ended ended = shell("setsid sleep 1000 & echo $!; exit 3");
  EXPECT_EQ(WEXITSTATUS(ended.status), 3);
  EXPECT_NE(::kill(std::stoi(ended.output), 0), 0);
  EXPECT_EQ(errno, ESRCH);
  expect_no_child();
}

TEST(Process, EndsAProgramThatClosesItsStreamsAndGoesOnAfterSigterm) {
  int asked = 0;
  const Ended ended = run_process({"sh", "-c", "trap '' TERM; exec >&- 2>&-; while :; do sleep 1000; done"}, kMost,
                                  [&] { return ++asked < 3; });
  ASSERT_TRUE(WIFSIGNALED(ended.status));
  EXPECT_EQ(WTERMSIG(ended.status), SIGKILL);
  expect_no_child();
}

TEST(Process, AProgramMayCloseItsStreamsEarly) {
  const Ended ended = shell("echo out; exec >&- 2>&-; sleep 0.1; exit 4");
  EXPECT_EQ(WEXITSTATUS(ended.status), 4);
  EXPECT_EQ(ended.output, "out\n");
}

TEST(Process, WhatCannotBeStartedIsAnError) {
  for (const char* program : {"/nonexistent/program", "/", "no-program-of-that-name"}) {
    EXPECT_THROW(run_process({program}, kMost), std::system_error) << program;
  }
  expect_no_child();
}

}  // namespace
}  // namespace writebench::gate
