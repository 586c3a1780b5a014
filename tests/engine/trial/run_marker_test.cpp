#include "engine/trial/run_marker.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/owned_descriptor.hpp"
#include "engine/trial/scratch.hpp"

namespace writebench::engine {
namespace {

TEST(RunMarker, IsReadAsItWasWritten) {
  const RunMarker marker = marker_of_this_run(0700);
  EXPECT_EQ(marker.process, ::getpid());
  EXPECT_FALSE(marker.host.empty());
  EXPECT_EQ(marker.started_at.size(), std::string("2000-01-01T00:00:00Z").size());
  EXPECT_EQ(parse_marker(to_text(marker)), marker);
  RunMarker of_programs = marker;
  of_programs.has_programs = true;
  EXPECT_EQ(parse_marker(to_text(of_programs)), of_programs);
}

TEST(RunMarker, IsReadOnlyIfItIsWholeAndNothingElse) {
  const std::string text = to_text(marker_of_this_run(0700));
  for (std::size_t size = 0; size < text.size(); ++size) EXPECT_FALSE(parse_marker(text.substr(0, size))) << size;
  EXPECT_FALSE(parse_marker(text + "\n"));
  EXPECT_FALSE(parse_marker("my own notes\n"));
  std::string other_version = text;
  other_version.replace(other_version.find(" 1\n"), 3, " 2\n");
  EXPECT_FALSE(parse_marker(other_version));
  std::string no_number = text;
  no_number.replace(no_number.find("process ") + 8, 1, "x");
  EXPECT_FALSE(parse_marker(no_number));
}

class MarkerLock : public testing::Test {
 protected:
  int open_marker() const { return ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600); }

  LockAttempt seen_by_another_process() const {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(static_cast<int>(try_lock(open_marker())));
    int status = 0;
    ::waitpid(child, &status, 0);
    return static_cast<LockAttempt>(WEXITSTATUS(status));
  }

  const Scratch scratch_{testing::TempDir()};
  const std::string path_ = scratch_.file_path("marker");
};

TEST_F(MarkerLock, IsSeenByOtherProcessesAndEndsWithItsOwnThatForkedAChild) {
  int ready[2];
  int over[2];
  ASSERT_EQ(::pipe2(ready, O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(over, O_CLOEXEC), 0);
  EXPECT_EQ(seen_by_another_process(), LockAttempt::kHave);
  // A run with a child that outlives it and has all of its descriptors.
  const pid_t run = ::fork();
  if (run == 0) {
    const bool locked = lock(open_marker());
    if (::fork() == 0) {
      char end = 0;
      ::close(over[1]);
      ::_exit(::read(over[0], &end, 1) < 0);
    }
    ::_exit(::write(ready[1], locked ? "y" : "n", 1) != 1 || ::pause());
  }
  char answer = 0;
  ASSERT_EQ(::read(ready[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  EXPECT_EQ(seen_by_another_process(), LockAttempt::kHeldByAnother);
  ::kill(run, SIGKILL);
  ::waitpid(run, nullptr, 0);
  EXPECT_EQ(seen_by_another_process(), LockAttempt::kHave) << "though the child is still there";
  for (const int descriptor : {ready[0], ready[1], over[0], over[1]}) ::close(descriptor);
}

}  // namespace
}  // namespace writebench::engine
