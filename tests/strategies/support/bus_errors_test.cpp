// A store that the file cannot take, and what the strategy mmap says of it.
#include "strategies/support/bus_errors.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <memory>
#include <string>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"
#include "strategies/table.hpp"
#include "tests/strategies/contract.hpp"

namespace writebench::strategies {
namespace {

constexpr std::size_t kPage = 4096;

// Two pages of a file of one page.
class BusErrorsTest : public testing::Test {
 protected:
  BusErrorsTest() {
    descriptor_ = ::open(scratch_.file_path("mapped").c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    EXPECT_EQ(::ftruncate(descriptor_, kPage), 0);
    memory_ = static_cast<char*>(::mmap(nullptr, 2 * kPage, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0));
  }
  ~BusErrorsTest() override {
    ::munmap(memory_, 2 * kPage);
    ::close(descriptor_);
    ::unlink(scratch_.file_path("mapped").c_str());
  }

  void store(std::size_t at) { *static_cast<volatile char*>(memory_ + at) = 'x'; }

  engine::Scratch scratch_{testing::TempDir()};
  int descriptor_ = -1;
  char* memory_ = nullptr;
};

TEST_F(BusErrorsTest, KeepTheFirstAddressAndLetTheProgramGoOn) {
  BusErrors errors;
  errors.watch(memory_, 2 * kPage);
  store(17);
  EXPECT_EQ(BusErrors::lost(), nullptr);
  store(kPage + 5);
  EXPECT_EQ(BusErrors::lost(), memory_ + kPage + 5);
  store(kPage + 1);
  EXPECT_EQ(BusErrors::lost(), memory_ + kPage + 5);
}

TEST_F(BusErrorsTest, BeginAnewWithEachObject) {
  {
    BusErrors errors;
    errors.watch(memory_, 2 * kPage);
    store(kPage);
    EXPECT_NE(BusErrors::lost(), nullptr);
  }
  const BusErrors errors;
  EXPECT_EQ(BusErrors::lost(), nullptr);
}

// The signal that ended a child which did that.
template <class Action>
int ended_by(Action action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGBUS, SIG_DFL);  // a sanitizer has a handler
    action();
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

TEST_F(BusErrorsTest, LeaveAllOthersToTheHandlerBefore) {
  EXPECT_EQ(ended_by([&] {
              BusErrors errors;
              errors.watch(memory_, kPage);
              store(kPage + 5);  // not watched
            }),
            SIGBUS);
  EXPECT_EQ(ended_by([&] {
              BusErrors errors;
              errors.watch(memory_, 2 * kPage);
              ::raise(SIGBUS);
            }),
            SIGBUS);
  EXPECT_EQ(ended_by([&] {
              {
                BusErrors errors;
                errors.watch(memory_, 2 * kPage);
              }
              store(kPage + 5);  // no longer
            }),
            SIGBUS);
}

// Does something to the file before a line is handed out.
class Before final : public LineObserver {
 public:
  Before(unsigned line, std::function<void()> action) : left_(line), action_(std::move(action)) {}
  void line_is_due() override {
    if (left_-- == 0) action_();
  }
  void line_is_done() override {}

 private:
  unsigned left_;
  const std::function<void()> action_;
};

class MmapTest : public testing::Test {
 protected:
  // What the run of so many lines says if the action is taken before one of them.
  std::string run(std::uint64_t lines, unsigned before, const std::function<void(const std::string&)>& action) {
    const engine::NumberedLines content(lines);
    Before observer(before, [&] { action(scratch_.file_paths(0, 1).front()); });
    JobHooks hooks;
    hooks.observe = [&](const LineRange&) { return static_cast<LineObserver*>(&observer); };
    tests::BareRun run(*find("mmap"), {.lines = lines}, content, hooks, {}, scratch_);
    try {
      run.prepare();
      run.run();
      run.finish();
    } catch (const IoError& error) {
      code_ = error.code().value();
      return error.what();
    }
    code_ = 0;
    return "";
  }

  engine::Scratch scratch_{testing::TempDir()};
  int code_ = 0;
};

TEST_F(MmapTest, SaysWhereTheFileWasCutBelowIt) {
  // Line 1,000 begins at byte 8,890: on the third page.
  const std::string said =
      run(5000, 1000, [](const std::string& path) { ASSERT_EQ(::truncate(path.c_str(), 8192), 0); });
  EXPECT_EQ(code_, EIO);
  EXPECT_NE(said.find("(the file was cut to 8192 bytes) "), std::string::npos) << said;
  EXPECT_NE(said.find(" at byte 8890: "), std::string::npos) << said;
}

TEST_F(MmapTest, IsNotHarmedByARemovedName) {
  EXPECT_EQ(run(5000, 1000, [](const std::string& path) { ASSERT_EQ(::unlink(path.c_str()), 0); }), "");
}

}  // namespace
}  // namespace writebench::strategies
