#include "engine/trial/scratch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>

#include "engine/process/end_actions.hpp"
#include "engine/trial/private_name.hpp"
#include "engine/trial/run_marker.hpp"
#include "engine/trial/trial_files.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

class ScratchTest : public testing::Test {
 protected:
  ScratchTest() {
    std::string name = testing::TempDir() + "scratch_test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    parent_ = name;
    ::chmod(name.c_str(), 0777);
  }
  ~ScratchTest() override { fs::remove_all(parent_); }

  static void write(const fs::path& path, const std::string& text = "x") { std::ofstream(path) << text; }
  static mode_t mode_of(const std::string& path) {
    struct stat status {};
    ::lstat(path.c_str(), &status);
    return status.st_mode & 07777u;
  }
  bool is_empty() const { return fs::is_empty(parent_); }

  // The exit status of a child that is no longer root.
  static int status_as_ordinary_user(const std::function<int()>& action) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::geteuid() == 0 && ::setuid(65534) != 0 ? 99 : action());
    int status = -1;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

  std::string parent_;
};

TEST_F(ScratchTest, IsPrivateAndGoneAtTheEnd) {
  for (const mode_t mask : {0000u, 0022u, 0077u, 0777u}) {
    const mode_t old = ::umask(mask);
    {
      const Scratch scratch(parent_);
      ::umask(old);
      EXPECT_EQ(mode_of(scratch.path()), 0700u);
      EXPECT_EQ(mode_of(scratch.path() + "/" + kRunMarker), 0600u);
      EXPECT_TRUE(is_private_name(kScratchPrefix, fs::path(scratch.path()).filename().string()));
    }
    EXPECT_TRUE(is_empty());
  }
}

TEST_F(ScratchTest, CanBeUsedAndRemovedUnderAnyUmaskByAnOrdinaryUser) {
  EXPECT_EQ(status_as_ordinary_user([&] {
              ::umask(0777);
              const Scratch scratch(parent_);
              const TrialFiles files(scratch, scratch.file_paths(1, 2));
              ::close(files.open_for_strategy(1, {.read = true}));
              return 0;
            }),
            0);
  EXPECT_TRUE(is_empty());
}

TEST_F(ScratchTest, RemovesOnlyWhatItMade) {
  Scratch scratch(parent_);
  write(scratch.file_path("1.txt"));
  write(scratch.path() + "/notes");
  write(scratch.path() + "/2.txt", "somebody else's");
  const auto left = scratch.remove();
  ASSERT_TRUE(left);
  EXPECT_NE(left->find(scratch.path()), std::string::npos) << *left;
  EXPECT_NE(left->find("'notes'"), std::string::npos) << *left;
  EXPECT_FALSE(fs::exists(scratch.path() + "/1.txt"));
  EXPECT_FALSE(fs::exists(scratch.path() + "/" + kRunMarker));
  EXPECT_TRUE(fs::exists(scratch.path() + "/notes"));
  EXPECT_TRUE(fs::exists(scratch.path() + "/2.txt"));
}

std::optional<std::string> noticed;

TEST_F(ScratchTest, TellsWhatItsDestructorLeft) {
  set_scratch_notice([](const std::string& sentence) { noticed = sentence; });
  { const Scratch scratch(parent_); }
  EXPECT_FALSE(noticed);
  {
    const Scratch scratch(parent_);
    write(scratch.path() + "/notes");
  }
  ASSERT_TRUE(noticed);
  EXPECT_NE(noticed->find("'notes'"), std::string::npos) << *noticed;
}

TEST_F(ScratchTest, DoesNotFollowALinkThatTookItsPlace) {
  const fs::path precious = parent_ + "/precious";
  fs::create_directory(precious);
  write(precious / "1.txt", "precious");
  Scratch scratch(parent_);
  const auto paths = scratch.file_paths(1, 1);
  write(paths.front());
  fs::rename(scratch.path(), parent_ + "/moved");
  fs::create_symlink(precious, scratch.path());
  EXPECT_THROW(scratch.check_place(), IoError);
  EXPECT_THROW(TrialFiles(scratch, paths), IoError);
  const auto left = scratch.remove();
  ASSERT_TRUE(left);
  EXPECT_NE(left->find("moved"), std::string::npos) << *left;
  EXPECT_TRUE(fs::exists(precious / "1.txt"));
  EXPECT_TRUE(fs::is_symlink(scratch.path()));
  EXPECT_TRUE(fs::is_empty(parent_ + "/moved")) << "its own file is removed wherever the directory is now";
}

TEST_F(ScratchTest, SaysNothingIfTheUserHasRemovedIt) {
  Scratch scratch(parent_);
  write(scratch.file_path("1.txt"));
  fs::remove_all(scratch.path());
  EXPECT_EQ(scratch.remove(), std::nullopt);
}

TEST_F(ScratchTest, NamesTheReasonIfItCannotBeRemoved) {
  EXPECT_EQ(status_as_ordinary_user([&] {
              fs::create_directory(parent_ + "/locked");
              Scratch scratch(parent_ + "/locked");
              ::chmod((parent_ + "/locked").c_str(), 0500);
              const auto left = scratch.remove();
              ::chmod((parent_ + "/locked").c_str(), 0700);
              return left && left->find("Permission denied") != left->npos ? 0 : 1;
            }),
            0);
}

TEST_F(ScratchTest, StaysWithItsFilesIfItIsKept) {
  std::string path;
  {
    Scratch scratch(parent_);
    path = scratch.path();
    write(scratch.file_path("1.txt"));
    scratch.keep();
  }
  EXPECT_TRUE(fs::exists(path + "/1.txt"));
  EXPECT_FALSE(fs::exists(path + "/" + kRunMarker));
}

TEST_F(ScratchTest, IsLeftByAForkedChild) {
  const Scratch scratch(parent_);
  const pid_t child = ::fork();
  if (child == 0) {
    scratch.~Scratch();
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(fs::exists(scratch.path() + "/" + kRunMarker));
}

TEST_F(ScratchTest, IsRemovedWithAllFilesThatRunsMakeIfASignalEndsTheProcess) {
  const pid_t run = ::fork();
  if (run == 0) {
    Scratch first(parent_);
    Scratch second(parent_);
    Scratch kept(parent_);
    for (unsigned number = 1; number < 300; ++number) {  // more than one getdents64(2) returns
      for (const std::string& path : first.file_paths(number, 2)) write(path);
    }
    write(first.path() + "/sync-probe");
    write(second.path() + "/notes");
    kept.keep();
    ::_exit(do_end_actions(0).all_removed ? 1 : 7);
  }
  int status = 0;
  ::waitpid(run, &status, 0);
  ASSERT_EQ(WEXITSTATUS(status), 7);
  std::vector<std::string> left;
  for (const auto& entry : fs::recursive_directory_iterator(parent_)) left.push_back(entry.path().filename().string());
  EXPECT_EQ(left.size(), 3u) << "the kept directory, and the one with somebody else's file";
  EXPECT_EQ(std::count(left.begin(), left.end(), "notes"), 1);
}

TEST_F(ScratchTest, IsRemovedWithEverythingIfProgramsMakeFilesInIt) {
  fs::create_directory(parent_ + "/elsewhere");
  write(parent_ + "/elsewhere/mine");
  for (const bool by_signal : {false, true}) {
    const pid_t run = ::fork();
    if (run == 0) {
      {
        const Scratch scratch(parent_, Scratch::Makers::kPrograms);
        write(scratch.file_path("1.txt"));
        write(scratch.path() + "/notes");
        fs::create_directories(scratch.path() + "/a/b/c");
        write(scratch.path() + "/a/b/c/d");
        fs::create_symlink(parent_ + "/elsewhere", scratch.path() + "/a/link");
        ::chmod((scratch.path() + "/a/b").c_str(), 0);
        if (by_signal) ::_exit(do_end_actions(0).all_removed ? 7 : 1);
      }
      ::_exit(7);
    }
    int status = 0;
    ::waitpid(run, &status, 0);
    ASSERT_EQ(WEXITSTATUS(status), 7);
    EXPECT_EQ(std::distance(fs::directory_iterator(parent_), fs::directory_iterator()), 1);
    EXPECT_TRUE(fs::exists(parent_ + "/elsewhere/mine"));
  }
}

TEST_F(ScratchTest, TellsWhatProgramsHaveMadeInIt) {
  const Scratch scratch(parent_, Scratch::Makers::kPrograms);
  const std::string path = scratch.file_path("1.txt");
  write(path, std::string(10'000, 'x'));
  EXPECT_TRUE(scratch.foreign().empty());
  EXPECT_GE(scratch.used_bytes(), 10'000u);
  fs::create_directories(scratch.path() + "/a/b");
  EXPECT_EQ(scratch.foreign(), std::vector<std::string>{"a"});
  scratch.remove_foreign();
  EXPECT_TRUE(scratch.foreign().empty());
  EXPECT_TRUE(fs::exists(path));
  scratch.remove_anything(path);
  scratch.remove_anything(path);
  EXPECT_FALSE(fs::exists(path));
  fs::create_directories(path + "/a/b");
  scratch.remove_anything(path);
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(ScratchTest, KnowsTheNamesThatARunGives) {
  for (const char* name : {"1.txt", "12.txt", "3-0.txt", "3-17.txt", "sync-probe", kRunMarker}) {
    EXPECT_TRUE(is_run_file_name(name)) << name;
  }
  for (const char* name : {"", ".txt", "1", "1.tx", "1.txt.bak", "a.txt", "1-.txt", "-1.txt", "1-2-3.txt", "..",
                           "01a.txt", "sync-probe2", ".writebench-runs"}) {
    EXPECT_FALSE(is_run_file_name(name)) << name;
  }
}

TEST_F(ScratchTest, CannotBeMadeWhereTheParentIsMissing) { EXPECT_THROW(Scratch(parent_ + "/missing"), IoError); }

}  // namespace
}  // namespace writebench::engine
