#include "writebench/file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>

namespace writebench {
namespace {

// A kernel of our own: what it was asked, and how it answers. One at a time, for the function pointers of Syscalls.
struct FakeKernel {
  std::string bytes;
  std::size_t most_per_call = SIZE_MAX;
  int interrupt_next = 0;  // so many calls fail with EINTR
  int write_error = 0;
  int sync_error = 0;
  int close_error = 0;
  bool no_progress = false;
  int syncs = 0;
  int closes = 0;
};
FakeKernel kernel;

ssize_t answer(const void* from, std::size_t size, std::size_t at) {
  if (kernel.interrupt_next > 0) {
    --kernel.interrupt_next;
    errno = EINTR;
    return -1;
  }
  if (kernel.write_error != 0) {
    errno = kernel.write_error;
    return -1;
  }
  if (kernel.no_progress) return 0;
  const std::size_t taken = std::min(size, kernel.most_per_call);
  if (kernel.bytes.size() < at + taken) kernel.bytes.resize(at + taken, '\0');
  kernel.bytes.replace(at, taken, static_cast<const char*>(from), taken);
  return static_cast<ssize_t>(taken);
}

constexpr Syscalls kFake{
    .write = [](int, const void* from, std::size_t size) { return answer(from, size, kernel.bytes.size()); },
    .pwrite = [](int, const void* from, std::size_t size,
                 off_t at) { return answer(from, size, static_cast<std::size_t>(at)); },
    .fdatasync =
        [](int) {
          ++kernel.syncs;
          errno = kernel.sync_error;
          return kernel.sync_error == 0 ? 0 : -1;
        },
    .close =
        [](int) {
          ++kernel.closes;
          errno = kernel.close_error;
          return kernel.close_error == 0 ? 0 : -1;
        },
};

class FileTest : public testing::Test {
 protected:
  FileTest() { kernel = {}; }
};

int error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const IoError& error) {
    return error.code().value();
  }
  return 0;
}

TEST_F(FileTest, ContinuesAShortCountAndRetriesAnInterruptedCall) {
  kernel.most_per_call = 3;
  kernel.interrupt_next = 2;
  File file("f", 1, {}, kFake);
  file.write_all("hello, world");
  kernel.interrupt_next = 1;
  file.pwrite_all("HELLO", 0);
  file.write_all("");
  EXPECT_EQ(kernel.bytes, "HELLO, world");
}

TEST_F(FileTest, ReportsAFailedWriteWithItsErrorAndPlace) {
  File file("some/path", 1, {}, kFake);
  file.write_all("12345");
  kernel.write_error = ENOSPC;
  try {
    file.write_all("67");
    FAIL();
  } catch (const IoError& error) {
    EXPECT_EQ(error.code().value(), ENOSPC);
    EXPECT_STREQ(error.what(), "write some/path at byte 5: No space left on device");
  }
}

TEST_F(FileTest, TakesNoProgressForAnError) {
  kernel.no_progress = true;
  File file("f", 1, {}, kFake);
  EXPECT_EQ(error_of([&] { file.write_all("x"); }), EIO);
  EXPECT_EQ(error_of([&] { file.pwrite_all("x", 0); }), EIO);
}

TEST_F(FileTest, TakesTheFirstSyncErrorForFinal) {
  File file("f", 1, {}, kFake);
  kernel.sync_error = EIO;
  EXPECT_EQ(error_of([&] { file.sync(); }), EIO);
  kernel.sync_error = 0;
  EXPECT_EQ(error_of([&] { file.sync(); }), EIO);
  EXPECT_EQ(kernel.syncs, 1);
}

TEST_F(FileTest, NeverClosesTwice) {
  {
    File file("f", 1, {}, kFake);
    kernel.close_error = EIO;
    EXPECT_EQ(error_of([&] { file.close(); }), EIO);
  }
  EXPECT_EQ(kernel.closes, 1);
  { File file("f", 1, {}, kFake); }
  EXPECT_EQ(kernel.closes, 2) << "the destructor releases";
}

TEST_F(FileTest, SyncsWheneverSoManyMoreBytesAreWritten) {
  File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 10}, kFake);
  file.write_all("123456789");
  EXPECT_EQ(kernel.syncs, 0);
  file.write_all("0");
  EXPECT_EQ(kernel.syncs, 1);
  file.write_all("123456789012345");
  EXPECT_EQ(kernel.syncs, 2);
  file.write_all("67890");
  EXPECT_EQ(kernel.syncs, 3);
}

TEST_F(FileTest, SyncsEveryWriteWhereEachLineHasToBeDurable) {
  File file("f", 1, {.kind = Durability::Kind::kLine}, kFake);
  file.write_all("a\n");
  file.pwrite_all("b\n", 2);
  file.write_all("");
  EXPECT_EQ(kernel.syncs, 2);
}

TEST_F(FileTest, NeverSyncsByItselfForTheOtherDurabilities) {
  for (const auto kind : {Durability::Kind::kNone, Durability::Kind::kClose}) {
    File file("f", 1, {.kind = kind}, kFake);
    file.write_all("a\n");
  }
  EXPECT_EQ(kernel.syncs, 0);
}

}  // namespace
}  // namespace writebench
