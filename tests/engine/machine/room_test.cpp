#include "engine/machine/room.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

int no_quota(int, int, unsigned, dqblk*) {
  errno = ESRCH;
  return -1;
}

TEST(Room, IsWhatTheFileSystemHasFree) {
  const RoomCalls calls{.statvfs =
                            [](int, struct statvfs* status) {
                              *status = {};
                              status->f_frsize = 4096;
                              status->f_blocks = 1000;
                              status->f_bfree = 100;
                              status->f_bavail = 50;
                              status->f_files = 10;
                              status->f_favail = 0;
                              return 0;
                            },
                        .get_quota = no_quota};
  const Room room = room_in(testing::TempDir(), calls);
  EXPECT_EQ(room.free_bytes, 50u * 4096);
  EXPECT_EQ(room.free_files, 0u);
  EXPECT_EQ(room.quota_bytes, std::nullopt);
}

TEST(Room, IsUnknownIfTheFileSystemDoesNotTell) {
  const auto zero = [](int, struct statvfs* status) {
    *status = {};
    status->f_frsize = 4096;
    return 0;
  };
  const auto fails = [](int, struct statvfs*) {
    errno = ENOSYS;
    return -1;
  };
  for (const RoomCalls& calls : {RoomCalls{.statvfs = zero}, RoomCalls{.statvfs = fails}}) {
    const Room room = room_in(testing::TempDir(), calls);
    EXPECT_EQ(room.free_bytes, std::nullopt);
    EXPECT_EQ(room.free_files, std::nullopt);
  }
}

TEST(Room, IsAtMostWhatTheTighterQuotaLeaves) {
  const auto by_type = [](int, int type, unsigned id, dqblk* quota) {
    EXPECT_EQ(id, type == USRQUOTA ? ::geteuid() : ::getegid());
    quota->dqb_bhardlimit = type == USRQUOTA ? 100 : 1000;
    quota->dqb_curspace = 1024u * (type == USRQUOTA ? 40 : 10);
    return 0;
  };
  EXPECT_EQ(room_in(testing::TempDir(), {.get_quota = by_type}).quota_bytes, 60u * 1024);
  const auto exceeded = [](int, int, unsigned, dqblk* quota) {
    quota->dqb_bhardlimit = 1;
    quota->dqb_curspace = 5000;
    return 0;
  };
  EXPECT_EQ(room_in(testing::TempDir(), {.get_quota = exceeded}).quota_bytes, 0u);
  const auto without_limit = [](int, int, unsigned, dqblk* quota) {
    quota->dqb_curspace = 5000;
    return 0;
  };
  EXPECT_EQ(room_in(testing::TempDir(), {.get_quota = without_limit}).quota_bytes, std::nullopt);
}

TEST(Room, KnowsTheLimitOnTheSizeOfAFile) {
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit limit{12345, 12345};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ::_exit(room_in(testing::TempDir()).most_file_bytes == 12345u ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST(Room, IsMemoryInAFileSystemOfMemory) {
  if (::access("/dev/shm", W_OK) != 0) GTEST_SKIP() << "there is no /dev/shm";
  const Room room = room_in("/dev/shm");
  if (!room.memory_bytes) GTEST_SKIP() << "/dev/shm is not a tmpfs";
  EXPECT_GE(*room.memory_bytes, memory_of_process_bytes());
  EXPECT_GT(memory_of_process_bytes(), 0u);
  EXPECT_EQ(room_in("/sys").memory_bytes, std::nullopt);
}

TEST(Room, IsNotKnownOfADirectoryThatCannotBeOpened) { EXPECT_THROW(room_in("/missing"), IoError); }

}  // namespace
}  // namespace writebench::engine
