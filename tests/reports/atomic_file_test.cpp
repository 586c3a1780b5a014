#include "reports/atomic_file.hpp"

#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "engine/process/end_actions.hpp"
#include "engine/trial/leftovers.hpp"

namespace writebench::reports {
namespace {

namespace fs = std::filesystem;

class WholeFileTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(directory_); }
  void TearDown() override { fs::remove_all(directory_); }

  std::string text() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  struct stat status() const {
    struct stat status {};
    ::stat(path_.c_str(), &status);
    return status;
  }
  auto files() const { return std::distance(fs::directory_iterator(directory_), fs::directory_iterator()); }

  const fs::path directory_ = testing::TempDir() + "writebench-whole-file-test-" + std::to_string(::getpid());
  const std::string path_ = directory_ / "file";
};

TEST_F(WholeFileTest, IsWrittenWhereNothingIs) {
  replace_atomically(path_, "new", {});
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, LeavesAnotherFileAloneUnlessItMayReplaceIt) {
  replace_atomically(path_, "old", {});
  EXPECT_THROW(replace_atomically(path_, "new", {}), std::runtime_error);
  EXPECT_EQ(text(), "old");
  EXPECT_EQ(files(), 1) << "no temporary file is left";
  replace_atomically(path_, "new", {.durable = true, .replace = true});
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, LeavesASymbolicLinkToNothingAloneToo) {
  fs::create_symlink("nothing", path_);
  EXPECT_THROW(replace_atomically(path_, "new", {}), std::runtime_error);
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, KeepsTheModeOfTheFileThatItReplaces) {
  for (const mode_t mode : {0640u, 0600u, 0444u, 0666u}) {
    replace_atomically(path_, "old", {.replace = true});
    ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    replace_atomically(path_, "new", {.replace = true});
    EXPECT_EQ(text(), "new");
    EXPECT_EQ(status().st_mode & 07777u, mode);
  }
}

TEST_F(WholeFileTest, KeepsTheOwnerAndTheGroup) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  replace_atomically(path_, "old", {});
  ASSERT_EQ(::chmod(path_.c_str(), 0640), 0);
  ASSERT_EQ(::chown(path_.c_str(), 65534, 65533), 0);
  replace_atomically(path_, "new", {.replace = true});
  EXPECT_EQ(status().st_uid, 65534u);
  EXPECT_EQ(status().st_gid, 65533u);
  EXPECT_EQ(status().st_mode & 07777u, 0640u);
}

TEST_F(WholeFileTest, GivesAnotherGroupNoMoreThanAllOthersHave) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can take on another user";
  replace_atomically(path_, "old", {});
  ASSERT_EQ(::chmod(path_.c_str(), 0664), 0);
  ASSERT_EQ(::chmod(directory_.c_str(), 0777), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0) ::_exit(1);
    replace_atomically(path_, "new", {.replace = true});
    ::_exit(0);
  }
  int ended = 0;
  ::waitpid(child, &ended, 0);
  ASSERT_EQ(ended, 0);
  EXPECT_EQ(status().st_uid, 65534u);
  EXPECT_EQ(status().st_mode & 07777u, 0644u);
}

TEST_F(WholeFileTest, FollowsASymbolicLinkToAFileThatItMayReplace) {
  replace_atomically(directory_ / "target", "old", {});
  ASSERT_EQ(::chmod((directory_ / "target").c_str(), 0640), 0);
  fs::create_symlink("target", path_);
  replace_atomically(path_, "new", {.replace = true});
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(status().st_mode & 07777u, 0640u);
}

// Each call is interrupted first, and a write takes one byte only.
template <int Call>
bool interrupted() {
  static bool before = false;
  before = !before;
  if (before) errno = EINTR;
  return before;
}

TEST_F(WholeFileTest, IsWrittenWhateverSignalsInterruptIt) {
  static int closed_synced = 0;
  const WritingCalls calls{
      .write = [](int descriptor, const void* bytes,
                  std::size_t) { return interrupted<0>() ? -1 : ::write(descriptor, bytes, 1); },
      .fsync =
          [](int descriptor) {
            if (interrupted<1>()) return -1;
            ++closed_synced;
            return ::fsync(descriptor);
          },
      .close =
          [](int descriptor) {  // interrupted, it closes nevertheless (close(2))
            ::close(descriptor);
            errno = EINTR;
            return -1;
          },
      .rename = [](const char* from, const char* to) { return interrupted<2>() ? -1 : std::rename(from, to); }};
  replace_atomically(path_, "some new text", {.durable = true, .replace = true}, calls);
  EXPECT_EQ(text(), "some new text");
  EXPECT_EQ(files(), 1);
  EXPECT_EQ(closed_synced, 2) << "once before close, and once because close was interrupted";
}

TEST_F(WholeFileTest, LeavesTheOldFileIfAnyCallFails) {
  replace_atomically(path_, "old", {});
  const auto fails = [](int) {
    errno = EIO;
    return -1;
  };
  std::vector<WritingCalls> all(4);
  all[0].write = [](int, const void*, std::size_t) -> ssize_t {
    errno = ENOSPC;
    return -1;
  };
  all[1].write = [](int, const void*, std::size_t) -> ssize_t { return 0; };
  all[2].fsync = fails;
  all[3].close = [](int descriptor) {
    ::close(descriptor);
    errno = EDQUOT;
    return -1;
  };
  const char* const reasons[] = {"write: No space", "write: Input/output", "fsync: Input/output", "close: Disk quota"};
  for (std::size_t i = 0; i < all.size(); ++i) {
    try {
      replace_atomically(path_, "new", {.durable = true, .replace = true}, all[i]);
      ADD_FAILURE() << i;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(reasons[i]), std::string::npos) << error.what();
    }
    EXPECT_EQ(text(), "old");
    EXPECT_EQ(files(), 1);
  }
}

TEST_F(WholeFileTest, LeavesATemporaryFileThatIsKnownIfItsProcessIsKilled) {
  const pid_t child = ::fork();
  if (child == 0) {
    WritingCalls calls;
    calls.fsync = [](int) { return ::raise(SIGKILL); };
    replace_atomically(path_, "new", {.durable = true}, calls);
    ::_exit(0);
  }
  int ended = 0;
  ::waitpid(child, &ended, 0);
  ASSERT_TRUE(WIFSIGNALED(ended));
  EXPECT_EQ(files(), 1);
  const engine::Leftovers leftovers = engine::leftovers_in(directory_, engine::Removal::kRemove);
  ASSERT_EQ(leftovers.found.size(), 1u);
  EXPECT_EQ(leftovers.found.front().bytes, 3u);
  EXPECT_EQ(files(), 0);
}

TEST_F(WholeFileTest, LeavesNothingIfASignalEndsTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    WritingCalls calls;
    calls.fsync = [](int) -> int { ::_exit(engine::do_end_actions(0).all_removed ? 7 : 1); };
    replace_atomically(path_, "new", {.durable = true}, calls);
    ::_exit(0);
  }
  int ended = 0;
  ::waitpid(child, &ended, 0);
  EXPECT_EQ(WEXITSTATUS(ended), 7);
  EXPECT_EQ(files(), 0);
}

TEST_F(WholeFileTest, IsNotTakenForALeftoverWhileItIsWritten) {
  static std::string directory;
  static std::size_t found;
  directory = directory_;
  WritingCalls calls;
  calls.rename = [](const char* from, const char* to) {  // the last moment
    found = engine::leftovers_in(directory, engine::Removal::kRemove).found.size();
    return std::rename(from, to);
  };
  replace_atomically(path_, "new", {.replace = true}, calls);
  EXPECT_EQ(found, 0u);
  EXPECT_EQ(text(), "new");
}

}  // namespace
}  // namespace writebench::reports
