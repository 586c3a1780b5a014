#include "writebench/file.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

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
  int truncate_error = 0;
  std::size_t truncated_to = SIZE_MAX;
  int copy_error = 0;
  std::string copied_from;
  int writes = 0;
  int copies = 0;
  int syncs = 0;
  int fsyncs = 0;
  int closes = 0;
  int flags = 0;  // of the last pwritev2
  int writeback_error = 0;
  std::string writebacks;  // OFFSET+BYTES, and w if the call waits
};
FakeKernel kernel;

ssize_t answer(const void* from, std::size_t size, std::size_t at) {
  ++kernel.writes;
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
    .writev =
        [](int, const iovec* parts, int count) {
          std::string all;
          for (int i = 0; i < count; ++i) all.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
          return answer(all.data(), all.size(), kernel.bytes.size());
        },
    .ftruncate =
        [](int, off_t bytes) {
          if (kernel.interrupt_next > 0) {
            --kernel.interrupt_next;
            errno = EINTR;
            return -1;
          }
          kernel.truncated_to = static_cast<std::size_t>(bytes);
          errno = kernel.truncate_error;
          return kernel.truncate_error == 0 ? 0 : -1;
        },
    .fdatasync =
        [](int) {
          if (kernel.interrupt_next > 0) {
            --kernel.interrupt_next;
            errno = EINTR;
            return -1;
          }
          ++kernel.syncs;
          errno = kernel.sync_error;
          return kernel.sync_error == 0 ? 0 : -1;
        },
    .fsync =
        [](int) {
          if (kernel.interrupt_next > 0) {
            --kernel.interrupt_next;
            errno = EINTR;
            return -1;
          }
          ++kernel.fsyncs;
          errno = kernel.sync_error;
          return kernel.sync_error == 0 ? 0 : -1;
        },
    .close =
        [](int) {
          ++kernel.closes;
          errno = kernel.close_error;
          return kernel.close_error == 0 ? 0 : -1;
        },
    .pread = [](int, void* to, std::size_t size, off_t at) -> ssize_t {
      const std::size_t taken = std::min(size, kernel.most_per_call);
      return static_cast<ssize_t>(kernel.copied_from.copy(static_cast<char*>(to), taken, static_cast<std::size_t>(at)));
    },
    .copy_file_range = [](int, off_t* at, int, off_t*, std::size_t size, unsigned) -> ssize_t {
      ++kernel.copies;
      if (kernel.copy_error != 0) {
        errno = kernel.copy_error;
        return -1;
      }
      const std::string_view rest = std::string_view(kernel.copied_from).substr(static_cast<std::size_t>(*at));
      return answer(rest.data(), std::min(size, rest.size()), kernel.bytes.size());
    },
    .pwritev2 = [](int, const iovec* parts, int, off_t at, int flags) -> ssize_t {
      kernel.flags = flags;
      return answer(parts->iov_base, parts->iov_len, static_cast<std::size_t>(at));
    },
    .sync_file_range =
        [](int, off_t at, off_t size, unsigned flags) {
          if (kernel.interrupt_next > 0) {
            --kernel.interrupt_next;
            errno = EINTR;
            return -1;
          }
          const bool waits =
              flags == (SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
          EXPECT_TRUE(waits || flags == SYNC_FILE_RANGE_WRITE) << flags;
          kernel.writebacks += std::to_string(at) + "+" + std::to_string(size) + (waits ? "w " : " ");
          errno = kernel.writeback_error;
          return kernel.writeback_error == 0 ? 0 : -1;
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

// Parts of these texts, none of which the file changes.
std::vector<iovec> parts_of(const std::vector<std::string>& texts) {
  std::vector<iovec> parts;
  for (const std::string& text : texts) parts.push_back({const_cast<char*>(text.data()), text.size()});
  return parts;
}

TEST_F(FileTest, WritesPartsInOneCall) {
  File file("f", 1, {}, kFake);
  const std::vector<std::string> texts{"one ", "", "two ", "three"};
  std::vector<iovec> parts = parts_of(texts);
  file.writev_all(parts);
  EXPECT_EQ(kernel.bytes, "one two three");
  EXPECT_EQ(kernel.writes, 1);
  file.writev_all({});
  const std::vector<std::string> nothing{"", ""};
  std::vector<iovec> empty = parts_of(nothing);
  file.writev_all(empty);
  EXPECT_EQ(kernel.writes, 1);
}

TEST_F(FileTest, ContinuesShortCountsOfPartsWhereverTheyEnd) {
  const std::vector<std::string> texts{"ab", "", "cde", "f", "ghij", ""};
  for (std::size_t most = 1; most <= 11; ++most) {
    kernel = {};
    kernel.most_per_call = most;
    kernel.interrupt_next = 2;
    File file("f", 1, {}, kFake);
    std::vector<iovec> parts = parts_of(texts);
    file.writev_all(parts);
    EXPECT_EQ(kernel.bytes, "abcdefghij") << most;
  }
}

TEST_F(FileTest, ReportsAFailedWriteOfPartsWithItsPlace) {
  File file("f", 1, {}, kFake);
  file.write_all("12345");
  const std::vector<std::string> texts{"67", "8"};
  std::vector<iovec> parts = parts_of(texts);
  kernel.write_error = ENOSPC;
  EXPECT_EQ(error_of([&] { file.writev_all(parts); }), ENOSPC);
  kernel = {};
  kernel.no_progress = true;
  try {
    file.writev_all(parts);
    FAIL();
  } catch (const IoError& error) {
    EXPECT_STREQ(error.what(), "writev f at byte 5: Input/output error");
  }
}

TEST_F(FileTest, CountsPartsTowardsTheNextSync) {
  File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 10}, kFake);
  const std::vector<std::string> texts{"12345", "6789"};
  std::vector<iovec> parts = parts_of(texts);
  file.writev_all(parts);
  EXPECT_EQ(kernel.syncs, 0);
  const std::vector<std::string> more{"0"};
  parts = parts_of(more);
  file.writev_all(parts);
  EXPECT_EQ(kernel.syncs, 1);
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

std::string message_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const IoError& error) {
    return error.what();
  }
  return "no error";
}

TEST_F(FileTest, NamesNoOffsetOfACallThatHasNone) {
  File file("f", 1, {}, kFake);
  kernel.truncate_error = EFBIG;
  EXPECT_EQ(message_of([&] { file.truncate(7); }), "ftruncate f: File too large");
  kernel.sync_error = ENOSPC;
  EXPECT_EQ(message_of([&] { file.sync(); }), "fdatasync f: No space left on device");
  kernel.close_error = EIO;
  EXPECT_EQ(message_of([&] { file.close(); }), "close f: Input/output error");
}

TEST_F(FileTest, AppendsALineInOneCallOrNotAtAll) {
  File file("f", 1, {}, kFake, {.append = true});
  kernel.interrupt_next = 2;
  file.append_whole("0123456789");
  EXPECT_EQ(kernel.bytes, "0123456789");
  kernel.writes = 0;
  kernel.most_per_call = 3;
  EXPECT_EQ(message_of([&] { file.append_whole("abcdef"); }),
            "write (3 of 6 bytes taken) f at byte 10: Input/output error");
  EXPECT_EQ(kernel.writes, 1) << "the rest could stand after another writer's line";
  kernel.no_progress = true;
  EXPECT_EQ(error_of([&] { file.append_whole("x"); }), EIO);
  kernel.no_progress = false;
  kernel.write_error = ENOSPC;
  EXPECT_EQ(error_of([&] { file.append_whole("x"); }), ENOSPC);
  file.append_whole("");
}

TEST_F(FileTest, ContinuesAShortCountOfOneAppender) {
  kernel.most_per_call = 3;
  File file("f", 1, {}, kFake, {.append = true});
  file.write_all("hello, world");
  EXPECT_EQ(kernel.bytes, "hello, world");
}

TEST_F(FileTest, GoesOnAtTheNewEndAfterATruncationOnlyIfItAppends) {
  for (const bool append : {false, true}) {
    kernel = {};
    File file("f", 1, {}, kFake, {.append = append});
    file.write_all("0123456789");
    kernel.interrupt_next = 1;
    file.truncate(4);
    EXPECT_EQ(kernel.truncated_to, 4u);
    kernel.write_error = EIO;
    EXPECT_EQ(message_of([&] { file.write_all("x"); }),
              std::string("write f at byte ") + (append ? "4" : "10") + ": Input/output error");
  }
}

TEST_F(FileTest, CountsWhatWasWrittenInAnotherWay) {
  File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 10}, kFake);
  file.written(9);
  file.written(0);
  EXPECT_EQ(kernel.syncs, 0);
  file.write_all("0");
  EXPECT_EQ(kernel.syncs, 1);
  File each_line("f", 1, {.kind = Durability::Kind::kLine}, kFake);
  each_line.written(2);
  EXPECT_EQ(kernel.syncs, 2);
  kernel.sync_error = EIO;
  EXPECT_EQ(error_of([&] { each_line.written(2); }), EIO);
}

TEST_F(FileTest, OwesNoSyncForWhatIsOnTheDeviceAlready) {
  for (const bool dsync : {false, true}) {
    kernel = {};
    File file("f", 1, {.kind = Durability::Kind::kLine}, kFake, {.dsync = dsync});
    if (dsync) {
      file.write_all("a\n");
    } else {
      file.synced(2);
    }
    file.sync();
    EXPECT_EQ(kernel.syncs, 0);
    file.truncate(1);
    file.sync();
    EXPECT_EQ(kernel.syncs, 1) << "the new size is not on the device yet";
  }
  File mixed("f", 1, {}, kFake);
  mixed.synced(2);
  mixed.written(2);
  mixed.sync();
  EXPECT_EQ(kernel.syncs, 2);
}

TEST_F(FileTest, SyncsAFileThatNothingWasWrittenTo) {
  File file("f", 1, {}, kFake);
  file.sync();
  EXPECT_EQ(kernel.syncs, 1);
}

TEST_F(FileTest, RepeatsASyncThatWasInterrupted) {
  File file("f", 1, {}, kFake);
  kernel.interrupt_next = 3;
  file.sync();
  EXPECT_EQ(kernel.syncs, 1);
}

TEST_F(FileTest, TakesAnInterruptedCloseForDone) {
  File file("f", 1, {}, kFake);
  kernel.close_error = EINTR;
  file.close();
  EXPECT_EQ(kernel.closes, 1);
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
  file.synced(1);
  EXPECT_EQ(error_of([&] { file.sync(); }), EIO) << "even if no sync is due";
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

TEST_F(FileTest, SaysBeforehandWhetherAReportWouldSync) {
  File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 10}, kFake);
  EXPECT_FALSE(file.would_sync(9));
  EXPECT_TRUE(file.would_sync(10));
  file.written(9);
  EXPECT_EQ(kernel.syncs, 0);
  EXPECT_TRUE(file.would_sync(1));
  file.written(1);
  EXPECT_EQ(kernel.syncs, 1);
  EXPECT_FALSE(file.would_sync(9));
  EXPECT_TRUE(File("f", 1, {.kind = Durability::Kind::kLine}, kFake).would_sync(1));
  for (const auto kind : {Durability::Kind::kNone, Durability::Kind::kClose}) {
    EXPECT_FALSE(File("f", 1, {.kind = kind}, kFake).would_sync(1 << 30));
  }
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

TEST_F(FileTest, CallsFsyncIfThatIsChosen) {
  File file("f", 1, {.kind = Durability::Kind::kLine}, kFake, {.fsync = true});
  kernel.interrupt_next = 0;
  file.write_all("a\n");
  kernel.interrupt_next = 2;
  file.sync();
  EXPECT_EQ(kernel.fsyncs, 2);
  EXPECT_EQ(kernel.syncs, 0);
  EXPECT_EQ(file.syncs(), 2u);
  kernel.sync_error = EIO;
  EXPECT_EQ(message_of([&] { file.sync(); }), "fsync f: Input/output error");
  kernel.sync_error = 0;
  EXPECT_EQ(message_of([&] { file.sync(); }), "fsync f: Input/output error") << "the first is final";
  EXPECT_EQ(kernel.fsyncs, 3);
}

TEST_F(FileTest, RefusesWhatODsyncDoesNothingFor) {
  File file("f", 1, {.kind = Durability::Kind::kClose}, kFake, {.dsync = true});
  EXPECT_THROW(file.written(1), Unsupported);
}

TEST_F(FileTest, WritesWithFlagsAtAnOffset) {
  kernel.most_per_call = 3;
  kernel.interrupt_next = 2;
  File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 10}, kFake);
  file.pwrite_all_with(0x80, "hello, world", 2);
  EXPECT_EQ(kernel.bytes, std::string(2, '\0') + "hello, world");
  EXPECT_EQ(kernel.flags, 0x80);
  EXPECT_EQ(kernel.syncs, 1);
  kernel.write_error = EOPNOTSUPP;
  EXPECT_EQ(message_of([&] { file.pwrite_all_with(0x80, "x", 14); }), "pwritev2 f at byte 14: Operation not supported");
}

// Adds up what it is told.
class TotalOfFile final : public FileObserver {
 public:
  void wrote(std::uint64_t offset_bytes, std::uint64_t bytes, bool durable) override {
    end_bytes = std::max(end_bytes, offset_bytes + bytes);
    total_bytes += bytes;
    durable_bytes += durable ? bytes : 0;
  }
  std::int64_t sync_begins() override { return 0; }
  void sync_returned(std::int64_t) override {}

  std::uint64_t end_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t durable_bytes = 0;
};

TEST_F(FileTest, DoesNotCountPadding) {
  const std::string padded = "0123456789" + std::string(6, '\0');
  for (const std::size_t most : {1u, 4u, 10u, 11u, 100u}) {
    kernel = {};
    kernel.most_per_call = most;
    TotalOfFile total;
    File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 16}, kFake, {}, &total);
    file.pwrite_padded(padded, 32, 6);
    EXPECT_EQ(kernel.bytes.size(), 48u);
    EXPECT_EQ(total.total_bytes, 10u) << most;
    EXPECT_EQ(total.end_bytes, 42u) << most;
    EXPECT_EQ(kernel.syncs, 0);
    file.pwrite_padded(padded, 48, 6);
    EXPECT_EQ(kernel.syncs, 1);
  }
}

TEST_F(FileTest, CountsWhatAnotherInterfaceHasCompleted) {
  for (const bool dsync : {false, true}) {
    kernel = {};
    TotalOfFile total;
    File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 10}, kFake, {.dsync = dsync}, &total);
    file.completed(5, 5);
    file.completed(0, 5);
    file.completed(10, 0);
    EXPECT_EQ(total.total_bytes, 10u);
    EXPECT_EQ(total.end_bytes, 10u);
    EXPECT_EQ(total.durable_bytes, dsync ? 10u : 0u);
    EXPECT_EQ(kernel.syncs, dsync ? 0 : 1);
  }
}

TEST_F(FileTest, PassesWritebackHintsOn) {
  File file("f", 1, {}, kFake);
  kernel.interrupt_next = 2;
  file.begin_writeback(0, 4096);
  kernel.interrupt_next = 1;
  file.finish_writeback(4096, 8192);
  EXPECT_EQ(kernel.writebacks, "0+4096 4096+8192w ");
  file.sync();
  EXPECT_EQ(kernel.syncs, 1) << "a hint makes nothing durable";
}

TEST_F(FileTest, TakesAFailedWritebackForFinal) {
  File file("f", 1, {}, kFake);
  file.write_all("12345");
  kernel.writeback_error = EIO;
  EXPECT_EQ(message_of([&] { file.finish_writeback(0, 5); }), "sync_file_range f at byte 0: Input/output error");
  kernel.writeback_error = 0;
  EXPECT_EQ(message_of([&] { file.sync(); }), "fdatasync f: Input/output error") << "the kernel would not say it again";
  EXPECT_EQ(kernel.syncs, 0);
}

TEST_F(FileTest, AppendsACopyOfAnotherFile) {
  kernel.copied_from = "0123456789";
  kernel.most_per_call = 4;
  File from("from", 1, {}, kFake, {.read = true});
  from.write_all(kernel.copied_from);
  kernel.bytes.clear();
  File to("to", 2, {.kind = Durability::Kind::kBytes, .interval_bytes = 3}, kFake);
  to.write_all("ab");
  kernel.interrupt_next = 1;
  to.append_copy_of(from);
  EXPECT_EQ(kernel.bytes, "ab0123456789");
  EXPECT_EQ(kernel.syncs, 4) << "at 3, 6, 9 and 12 bytes";
  EXPECT_FALSE(to.copy_refused());
  kernel.write_error = ENOSPC;
  EXPECT_EQ(message_of([&] { to.append_copy_of(from); }), "copy_file_range to at byte 12: No space left on device");
  kernel.write_error = 0;
  kernel.no_progress = true;
  EXPECT_EQ(error_of([&] { to.append_copy_of(from); }), EIO) << "the other file is shorter than it was";
}

TEST_F(FileTest, ReadsAndWritesIfTheKernelRefusesToCopy) {
  for (const int error : {EXDEV, EINVAL, EOPNOTSUPP, ENOSYS}) {
    kernel = {};
    kernel.copied_from = "0123456789";
    File from("from", 1, {}, kFake, {.read = true});
    from.write_all(kernel.copied_from);
    kernel.bytes.clear();
    kernel.most_per_call = 4;
    kernel.copy_error = error;
    File to("to", 2, {}, kFake);
    to.append_copy_of(from);
    to.append_copy_of(from);
    EXPECT_EQ(kernel.bytes, "01234567890123456789");
    EXPECT_EQ(kernel.copies, 1) << "it is not asked again";
    EXPECT_TRUE(to.copy_refused());
  }
}

TEST_F(FileTest, FillsAFileWithZerosThatDoNotCount) {
  kernel.most_per_call = 3;
  kernel.interrupt_next = 1;
  File file("f", 1, {.kind = Durability::Kind::kLine}, kFake, {.dsync = true});
  file.write_zeros(10);
  EXPECT_EQ(kernel.bytes, std::string(10, '\0'));
  EXPECT_EQ(kernel.fsyncs, 1);
  EXPECT_EQ(kernel.syncs, 0);
  EXPECT_EQ(file.syncs(), 0u);
  kernel.write_error = ENOSPC;
  EXPECT_EQ(message_of([&] { file.write_zeros(10); }), "pwrite f at byte 0: No space left on device");
}

// Notes what a file tells.
class Notes final : public FileObserver {
 public:
  void wrote(std::uint64_t offset_bytes, std::uint64_t bytes, bool durable) override {
    const std::string offset = offset_bytes == kUnknownOffset ? "?" : std::to_string(offset_bytes);
    text += offset + "+" + std::to_string(bytes) + (durable ? "! " : " ");
  }
  std::int64_t sync_begins() override {
    text += "sync(";
    return ++syncs_;
  }
  void sync_returned(std::int64_t began) override { text += std::to_string(began) + ") "; }

  std::string text;

 private:
  std::int64_t syncs_ = 0;
};

TEST_F(FileTest, TellsItsObserverWhatEachCallOfTheKernelTook) {
  kernel.most_per_call = 3;
  Notes notes;
  File file("f", 1, {}, kFake, {}, &notes);
  file.write_all("12345");
  file.write_all("");
  file.pwrite_all("1234", 100);
  file.write_all("6");
  EXPECT_EQ(notes.text, "0+3 3+2 100+3 103+1 5+1 ");
}

TEST_F(FileTest, TellsItsObserverAWriteBeforeTheSyncThatItCauses) {
  Notes notes;
  File file("f", 1, {.kind = Durability::Kind::kBytes, .interval_bytes = 4}, kFake, {}, &notes);
  file.write_all("12345");
  file.written(3);
  file.sync();
  EXPECT_EQ(notes.text, "0+5 sync(1) ?+3 sync(2) sync(3) ");
}

TEST_F(FileTest, TellsItsObserverWhatIsDurableWithoutASync) {
  Notes notes;
  File file("f", 1, {}, kFake, {.append = true, .dsync = true}, &notes);
  file.append_whole("12345");
  file.append_whole("67");
  file.synced(9);
  file.synced(0);
  file.sync();
  EXPECT_EQ(notes.text, "0+5! 5+2! ?+9! ");
}

TEST_F(FileTest, TellsItsObserverNoSyncThatFailed) {
  Notes notes;
  File file("f", 1, {}, kFake, {}, &notes);
  kernel.sync_error = EIO;
  EXPECT_EQ(error_of([&] { file.sync(); }), EIO);
  EXPECT_EQ(notes.text, "sync(");
}

TEST_F(FileTest, TellsItsObserverWhatWasTakenBeforeAnError) {
  Notes notes;
  File file("f", 1, {}, kFake, {.append = true}, &notes);
  kernel.most_per_call = 3;
  EXPECT_EQ(error_of([&] { file.append_whole("12345"); }), EIO);
  EXPECT_EQ(notes.text, "0+3 ");
}

}  // namespace
}  // namespace writebench
