#include "crash/logged_file_system.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "crash/monotonic_clock.hpp"
#include "tests/crash/simulated_machine.hpp"

namespace writebench::crash {
namespace {

using Kind = DeviceRequest::Kind;

constexpr std::uint64_t kDeviceBytes = std::uint64_t{64} << 20;

// The loop devices that have a file of ours.
std::set<std::string> loop_devices() {
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/block")) {
    const std::string name = entry.path().filename().string();
    std::ifstream file(entry.path() / "loop/backing_file");
    std::string backing;
    if (name.starts_with("loop") && std::getline(file, backing)) found.insert(name);
  }
  return found;
}

// Whether each loop device that is taken now, and was not before, is seen free in the next seconds. Other tests may
// take some at the same time, but they give them back.
bool are_given_back(const std::set<std::string>& before) {
  std::set<std::string> taken = loop_devices();
  std::erase_if(taken, [&](const std::string& name) { return before.contains(name); });
  for (int i = 0; i < 3000 && !taken.empty(); ++i) {
    const std::set<std::string> now = loop_devices();
    std::erase_if(taken, [&](const std::string& name) { return !now.contains(name); });
    ::usleep(10'000);
  }
  return taken.empty();
}

class LoggedFileSystemTest : public testing::Test {
 protected:
  void SetUp() override {
    SKIP_WITHOUT_SIMULATED_MACHINE();
    make_ext4(made_, 10);
  }

  MemoryFile made_{"made", kDeviceBytes};
  std::shared_ptr<DeviceLog> log_ = std::make_shared<DeviceLog>(kDeviceBytes);
};

TEST_F(LoggedFileSystemTest, LogsWhatIsWrittenAndThenAFlushBeforeFsyncReturns) {
  const LoggedFileSystem file_system(made_, log_);
  file_system.sync();
  const std::size_t before = log_->requests().size();
  const std::string text(10'000, 'x');
  const engine::OwnedDescriptor file(
      ::open((file_system.path() + "/file").c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
  ASSERT_EQ(::write(file.get(), text.data(), text.size()), 10'000);
  const std::int64_t began_ns = monotonic_ns();
  ASSERT_EQ(::fsync(file.get()), 0);
  const std::int64_t returned_ns = monotonic_ns();
  const auto since = log_->requests().subspan(before);
  const auto has_text = [&](const DeviceRequest& request) {
    return request.kind == Kind::kWrite && std::memcmp(log_->data() + request.data_at, text.data(), 4096) == 0;
  };
  const auto write = std::find_if(since.begin(), since.end(), has_text);
  ASSERT_NE(write, since.end());
  const auto is_flush = [](const DeviceRequest& request) { return request.kind == Kind::kFlush; };
  const auto flush = std::find_if(write, since.end(), is_flush);
  ASSERT_NE(flush, since.end());
  EXPECT_GE(write->received_ns, began_ns);
  EXPECT_LE(write->answered_ns, flush->received_ns);
  EXPECT_LE(flush->answered_ns, returned_ns) << "what relied on it came later";
}

TEST_F(LoggedFileSystemTest, IsInNoDirectoryAndLeavesNothing) {
  const std::set<std::string> before = loop_devices();
  std::string mounts;
  {
    const LoggedFileSystem file_system(made_, log_);
    std::ofstream(file_system.path() + "/file") << "text";
    std::ifstream file("/proc/self/mountinfo");
    mounts.assign(std::istreambuf_iterator<char>(file), {});
  }
  EXPECT_EQ(mounts.find(" - fuse writebench "), mounts.npos);
  EXPECT_TRUE(are_given_back(before));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no child is left";
}

// Nobody tidies up after SIGKILL, so the kernel must.
TEST_F(LoggedFileSystemTest, VanishesIfItsProcessIsKilled) {
  const std::set<std::string> before = loop_devices();
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t process = ::fork();
  if (process == 0) {
    const LoggedFileSystem file_system(made_, log_);
    std::ofstream file(file_system.path() + "/file");
    file << std::string(1'000'000, 'x') << std::flush;  // and nothing of it is written back
    if (::write(ends[1], "x", 1) != 1) ::_exit(1);
    while (true) ::pause();
  }
  ::close(ends[1]);
  char byte = 0;
  ASSERT_EQ(::read(ends[0], &byte, 1), 1) << "it is mounted";
  ::kill(process, SIGKILL);
  ::waitpid(process, nullptr, 0);
  EXPECT_TRUE(are_given_back(before));
  // The server holds the end of the pipe neither, and it is gone: an end that somebody had would not be the end.
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

TEST_F(LoggedFileSystemTest, GivesErrorsAndNoHangOnceItsServerIsGone) {
  const pid_t process = ::fork();
  if (process == 0) {
    const LoggedFileSystem file_system(made_, log_);
    // The server is the only child.
    std::ifstream children("/proc/self/task/" + std::to_string(::getpid()) + "/children");
    pid_t server = 0;
    children >> server;
    if (server <= 0) ::_exit(3);  // the kernel does not tell
    ::kill(server, SIGKILL);
    const engine::OwnedDescriptor file(::open((file_system.path() + "/file").c_str(), O_CREAT | O_RDWR, 0600));
    if (file.get() < 0) ::_exit(0);
    const bool failed = ::write(file.get(), "x", 1) != 1 || ::fsync(file.get()) != 0;
    ::_exit(failed ? 0 : 1);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  if (WEXITSTATUS(status) == 3) GTEST_SKIP() << "the kernel does not list the children of a process";
  EXPECT_EQ(status, 0);
}

TEST(MakeExt4, SaysWhatMkfsSays) {
  MemoryFile tiny("tiny", 4096);
  try {
    make_ext4(tiny, 10);
    FAIL() << "4 KiB are too few";
  } catch (const Unsupported& unsupported) {
    GTEST_SKIP() << unsupported.what();
  } catch (const std::runtime_error& error) {
    EXPECT_TRUE(std::string(error.what()).starts_with("mkfs.ext4 failed: ")) << error.what();
    EXPECT_GT(std::string(error.what()).size(), 30u);
  }
}

}  // namespace
}  // namespace writebench::crash
