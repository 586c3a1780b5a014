#if WRITEBENCH_HAS_LIBUV
#include "strategies/libraries/uv_loop.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/trial/scratch.hpp"

namespace writebench::strategies {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

class CountsLines final : public LineObserver {
 public:
  void line_is_due() override {}
  void line_has_come() override { ++come; }
  void line_is_done() override {}

  int come = 0;
};

class UvLoopTest : public testing::Test {
 protected:
  DueLine in(milliseconds duration) { return {Clock::now() + duration, observer_}; }

  UvTask hold_the_loop_between_waits(milliseconds duration) {
    co_await loop_.until(in(milliseconds(10)));
    const auto end = Clock::now() + duration;
    while (Clock::now() < end) {
    }
    co_await loop_.until(in(milliseconds(10)));
  }

  UvTask fail() {
    co_await loop_.until(in(milliseconds(1)));
    throw std::runtime_error("no");
  }

  Job job(bool watches) {
    JobHooks hooks;
    if (watches) hooks.loop_late_ns = [this](std::int64_t ns) { late_ns_.push_back(ns); };
    return {{.lines = 0}, content_, file_, hooks};
  }

  engine::NumberedLines content_{0};
  File file_{"unused", -1, {}};
  CountsLines observer_;
  UvLoop loop_{2};
  std::vector<std::int64_t> late_ns_;
};

TEST_F(UvLoopTest, MeasuresHowLateItsTicksAre) {
  const UvTask task = hold_the_loop_between_waits(milliseconds(50));
  loop_.run(job(true), task);
  ASSERT_GE(late_ns_.size(), 60u) << "a tick a millisecond, also those that were due while it was held";
  EXPECT_GE(*std::max_element(late_ns_.begin(), late_ns_.end()), 45'000'000);
  EXPECT_GE(*std::min_element(late_ns_.begin(), late_ns_.end()), 0);
  EXPECT_EQ(observer_.come, 2);
}

TEST_F(UvLoopTest, DoesNotMeasureUnlessTheJobAsksForIt) {
  const UvTask task = hold_the_loop_between_waits(milliseconds(1));
  loop_.run(job(false), task);
  EXPECT_TRUE(late_ns_.empty());
}

TEST_F(UvLoopTest, RethrowsWhatLeavesATask) {
  const UvTask task = fail();
  EXPECT_THROW(loop_.run(job(true), task), std::runtime_error);
}

class UvWriteTest : public UvLoopTest {
 protected:
  UvTask write(UvWrite& write, std::string_view bytes, std::uint64_t offset_bytes) {
    co_await write.all_of(bytes, offset_bytes);
  }

  engine::Scratch scratch_{testing::TempDir()};
  const std::string path_ = scratch_.file_path("written");
};

TEST_F(UvWriteTest, SyncsOnThePoolWhenTheDurabilityAsksForIt) {
  ::close(::open(path_.c_str(), O_WRONLY | O_CREAT, 0600));
  static std::vector<pid_t> threads;
  threads.clear();
  const Syscalls notes{.fdatasync = [](int) {
    threads.push_back(::gettid());
    return 0;
  }};
  File file(path_, ::open(path_.c_str(), O_RDONLY), {.kind = Durability::Kind::kBytes, .interval_bytes = 6}, notes);
  UvFile opened;
  opened.open(path_);
  UvWrite one(loop_, file, opened, UvWrite::Place::kAtOffset);
  for (const std::uint64_t offset : {0u, 4u, 8u}) {
    const UvTask task = write(one, "abc\n", offset);
    loop_.run(job(false), task);
  }
  ASSERT_EQ(threads.size(), 2u) << "at 8 and at 12 bytes";
  EXPECT_NE(threads.front(), ::gettid());
  opened.close(path_);
  ::unlink(path_.c_str());
}

TEST_F(UvWriteTest, SaysWhereAWriteFailed) {
  File file("/dev/full", ::open("/dev/full", O_RDONLY), {});
  UvFile opened;
  opened.open("/dev/full");
  UvWrite one(loop_, file, opened, UvWrite::Place::kAtPosition);
  const UvTask task = write(one, "abc\n", 17);
  try {
    loop_.run(job(false), task);
    FAIL();
  } catch (const IoError& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_STREQ(error.what(), "write /dev/full at byte 17: No space left on device");
  }
}

TEST_F(UvWriteTest, SaysWhyAFileCannotBeOpened) {
  UvFile opened;
  try {
    opened.open(path_ + "-not-there");
    FAIL();
  } catch (const IoError& error) {
    EXPECT_EQ(error.code().value(), ENOENT);
  }
}

}  // namespace
}  // namespace writebench::strategies

#endif
