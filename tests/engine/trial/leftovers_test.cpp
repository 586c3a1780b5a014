#include "engine/trial/leftovers.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>

#include "engine/trial/private_name.hpp"
#include "engine/trial/run_marker.hpp"
#include "engine/trial/scratch.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

// A process that does something and then waits until it is killed.
class Process {
 public:
  explicit Process(const std::function<std::string()>& action) {
    int said[2];
    if (::pipe2(said, O_CLOEXEC) != 0) throw std::runtime_error("pipe2");
    process_ = ::fork();
    if (process_ == 0) {
      const std::string text = action() + "\n";
      if (::write(said[1], text.data(), text.size()) < 0) ::_exit(1);
      for (;;) ::pause();
    }
    ::close(said[1]);
    for (char letter = 0; ::read(said[0], &letter, 1) == 1 && letter != '\n';) said_ += letter;
    ::close(said[0]);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  const std::string& said() const { return said_; }

 private:
  pid_t process_;
  std::string said_;
};

class LeftoversTest : public testing::Test {
 protected:
  LeftoversTest() {
    std::string name = testing::TempDir() + "leftovers_test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    directory_ = name;
  }
  ~LeftoversTest() override { fs::remove_all(directory_); }

  static void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

  // What a run makes, which is never destroyed.
  std::string start_run() const {
    auto* const scratch = new Scratch(directory_);
    write(scratch->file_paths(1, 1).front(), "line#0\n");
    for (const std::string& path : scratch->file_paths(2, 2)) write(path, "line#0\nline#1\n");
    return scratch->path();
  }

  std::string leave_run() const {
    return Process([&] { return start_run(); }).said();
  }

  // Only the one leftover is there, and it stays for this reason.
  void expect_left(const std::string& path, const std::string& reason) const {
    const auto before = all_names();
    const Leftovers leftovers = leftovers_in(directory_, Removal::kRemove);
    EXPECT_EQ(leftovers.found.size(), 0u) << reason;
    ASSERT_EQ(leftovers.alone.size(), 1u) << reason;
    EXPECT_EQ(leftovers.alone.front().path, path);
    EXPECT_NE(leftovers.alone.front().reason.find(reason), std::string::npos) << leftovers.alone.front().reason;
    EXPECT_EQ(all_names(), before);
  }

  void expect_removed(const std::string& path) const {
    const Leftovers leftovers = leftovers_in(directory_, Removal::kRemove);
    ASSERT_EQ(leftovers.found.size(), 1u) << (leftovers.alone.empty() ? "" : leftovers.alone.front().reason);
    EXPECT_EQ(leftovers.found.front().path, path);
    EXPECT_FALSE(fs::exists(fs::symlink_status(path)));
  }

  std::vector<std::string> all_names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(directory_)) names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string directory_;
};

TEST_F(LeftoversTest, AreListedAndThenRemoved) {
  const std::string path = leave_run();
  for (const Removal removal : {Removal::kListOnly, Removal::kRemove}) {
    EXPECT_TRUE(fs::exists(path));
    const Leftovers leftovers = leftovers_in(directory_, removal);
    ASSERT_EQ(leftovers.found.size(), 1u);
    EXPECT_EQ(leftovers.alone.size(), 0u);
    EXPECT_EQ(leftovers.found.front().path, path);
    EXPECT_EQ(leftovers.found.front().files, 3u);
    EXPECT_EQ(leftovers.found.front().bytes, 35u);
    EXPECT_NE(leftovers.found.front().origin.find("process "), std::string::npos);
  }
  EXPECT_TRUE(fs::is_empty(directory_));
  EXPECT_EQ(leftovers_in(directory_, Removal::kRemove).found.size(), 0u);
}

TEST_F(LeftoversTest, AreNotWhatARunUses) {
  const Process run([&] { return start_run(); });
  expect_left(run.said(), "in use by process");
  EXPECT_TRUE(fs::exists(run.said() + "/1.txt"));
}

TEST_F(LeftoversTest, AreNotWhatThisProcessUses) {
  const Scratch scratch(directory_);
  expect_left(scratch.path(), "in use by this process");
  const Process other([&] {  // looking has not given the lock away
    const Leftovers leftovers = leftovers_in(directory_, Removal::kRemove);
    return leftovers.alone.size() == 1 ? leftovers.alone.front().reason : "";
  });
  EXPECT_NE(other.said().find("in use by process"), std::string::npos) << other.said();
}

TEST_F(LeftoversTest, AreNotWhatHoldsAFileOfTheUser) {
  const std::string path = leave_run();
  write(path + "/notes.txt", "precious");
  expect_left(path, "'notes.txt'");
  fs::remove(path + "/notes.txt");
  fs::create_directory(path + "/3.txt");
  expect_left(path, "'3.txt'");
  fs::remove(path + "/3.txt");
  fs::create_symlink("/etc/passwd", path + "/3.txt");
  expect_left(path, "'3.txt'");
  fs::remove(path + "/3.txt");
  if (::geteuid() == 0) {
    write(path + "/3.txt", "");
    ASSERT_EQ(::chown((path + "/3.txt").c_str(), 65534, 65534), 0);
    expect_left(path, "'3.txt'");
    fs::remove(path + "/3.txt");
  }
  expect_removed(path);
}

TEST_F(LeftoversTest, HoldWhateverProgramsHaveMadeInThem) {
  {
    const Process run([&] {
      auto* const scratch = new Scratch(directory_, Scratch::Makers::kPrograms);
      fs::create_directories(scratch->path() + "/a/b");
      write(scratch->path() + "/a/b/notes", "x");
      return scratch->path();
    });
  }
  EXPECT_EQ(leftovers_in(directory_, Removal::kRemove).found.size(), 1u);
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(LeftoversTest, AreNotSymbolicLinks) {
  const std::string path = leave_run();
  const std::string elsewhere = directory_ + "/elsewhere";
  fs::rename(path, elsewhere);
  fs::create_directory_symlink(elsewhere, path);
  expect_left(path, "not a directory");
  EXPECT_TRUE(fs::exists(elsewhere + "/1.txt"));
}

TEST_F(LeftoversTest, AreNotWhatBelongsToAnotherEvenForRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  const std::string path = leave_run();
  ASSERT_EQ(::chown(path.c_str(), 65534, 65534), 0);
  expect_left(path, "another user");
}

TEST_F(LeftoversTest, AreNotWithoutAMarkerOrWithAnotherOne) {
  const std::string path = leave_run();
  const std::string marker = path + "/" + kRunMarker;
  std::ifstream file(marker);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  write(marker, "my own notes\n");
  expect_left(path, "marker");
  write(marker, text + text);
  expect_left(path, "marker");
  fs::resize_file(marker, 0);
  expect_left(path, "marker");
  fs::remove(marker);
  expect_left(path, "no marker");
  fs::create_symlink("1.txt", marker);
  expect_left(path, "marker");
  fs::remove(marker);
  write(directory_ + "/notes", text);
  fs::create_hard_link(directory_ + "/notes", marker);
  expect_left(path, "marker");
  fs::remove(marker);
  write(marker, text);
  expect_removed(path);
}

TEST_F(LeftoversTest, AreNotFilesThatWereKept) {
  const std::string path = Process([&] {
                             auto* const scratch = new Scratch(directory_);
                             write(scratch->file_paths(1, 1).front(), "line#0\n");
                             scratch->keep();
                             return scratch->path();
                           }).said();
  expect_left(path, "no marker");
}

TEST_F(LeftoversTest, AreNotWithAnotherModeOrName) {
  const std::string path = leave_run();
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  expect_left(path, "mode");
  ASSERT_EQ(::chmod(path.c_str(), 0700), 0);
  const std::string other = directory_ + "/.writebench-abcdefghij";
  fs::rename(path, other);
  const Leftovers leftovers = leftovers_in(directory_, Removal::kRemove);
  EXPECT_TRUE(leftovers.found.empty() && leftovers.alone.empty());
  EXPECT_TRUE(fs::exists(other + "/1.txt"));
}

TEST_F(LeftoversTest, AreWhatARunLeavesThatIsKilledAtItsFirstOrLastStep) {
  const std::string path = directory_ + "/" + private_name(kScratchPrefix);
  fs::create_directory(path);
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  expect_left(path, "no marker");
  ASSERT_EQ(::chmod(path.c_str(), 0700), 0);
  expect_removed(path);
  fs::create_directory(path);
  ASSERT_EQ(::chmod(path.c_str(), 0700), 0);
  write(path + "/" + kRunMarker, "");
  expect_removed(path);
}

TEST_F(LeftoversTest, StayWithTheReasonIfTheyCannotBeRemoved) {
  ASSERT_EQ(::chmod(directory_.c_str(), 0777), 0);
  const Process user([&]() -> std::string {
    if (::geteuid() == 0 && ::setuid(65534) != 0) return "setuid";
    const std::string parent = directory_ + "/parent";
    fs::create_directory(parent);
    const pid_t run = ::fork();
    if (run == 0) {
      const Scratch scratch(parent);
      ::_exit(0);
    }
    ::waitpid(run, nullptr, 0);
    ::chmod(parent.c_str(), 0500);
    const Leftovers leftovers = leftovers_in(parent, Removal::kRemove);
    ::chmod(parent.c_str(), 0700);
    if (leftovers.alone.size() != 1) return "not left";
    return std::string(leftovers.alone.front().failed ? "failed: " : "") + leftovers.alone.front().reason;
  });
  EXPECT_NE(user.said().find("failed: "), std::string::npos) << user.said();
  EXPECT_NE(user.said().find("Permission denied"), std::string::npos) << user.said();
}

TEST_F(LeftoversTest, OfReportsAreTemporaryFilesThatNobodyWrites) {
  const std::string path = directory_ + "/" + private_name(kTemporaryPrefix);
  write(path, "{\"cells\":");
  {
    const Process writer([&] {
      const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
      return ::flock(descriptor, LOCK_EX) == 0 ? "locked" : "";
    });
    ASSERT_EQ(writer.said(), "locked");
    expect_left(path, "in use");
  }
  fs::create_hard_link(path, directory_ + "/mine");
  expect_left(path, "another name");
  fs::remove(directory_ + "/mine");
  expect_removed(path);
  fs::create_symlink("/etc/passwd", path);
  expect_left(path, "not a regular file");
}

TEST_F(LeftoversTest, CannotBeFoundInADirectoryThatCannotBeRead) {
  EXPECT_THROW(leftovers_in(directory_ + "/missing", Removal::kRemove), IoError);
}

}  // namespace
}  // namespace writebench::engine
