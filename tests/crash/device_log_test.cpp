#include "crash/device_log.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>

namespace writebench::crash {
namespace {

using Kind = DeviceRequest::Kind;

TEST(DeviceLog, KeepsWhatAChildAddsInItsOrder) {
  DeviceLog log(4096);
  const pid_t child = ::fork();
  if (child == 0) {
    log.add({.kind = Kind::kWrite, .offset_bytes = 512, .bytes = 5, .received_ns = 1, .answered_ns = 2}, "first");
    log.add({.kind = Kind::kFlush, .received_ns = 3, .answered_ns = 4}, nullptr);
    log.add({.kind = Kind::kWrite, .offset_bytes = 0, .bytes = 6, .received_ns = 5, .answered_ns = 6}, "second");
    ::_exit(0);
  }
  ::waitpid(child, nullptr, 0);
  ASSERT_EQ(log.requests().size(), 3u);
  const DeviceRequest& second = log.requests()[2];
  EXPECT_EQ(log.requests()[0].offset_bytes, 512u);
  EXPECT_EQ(log.requests()[1].kind, Kind::kFlush);
  EXPECT_EQ(std::string(log.data() + second.data_at, second.bytes), "second");
  EXPECT_EQ(std::string(log.data() + log.requests()[0].data_at, 5), "first");
  EXPECT_FALSE(log.overflowed());
}

TEST(DeviceLog, TakesNothingMoreOnceSomethingDidNotFit) {
  DeviceLog log(10);
  log.add({.kind = Kind::kWrite, .bytes = 8}, "12345678");
  log.add({.kind = Kind::kWrite, .bytes = 3}, "abc");
  EXPECT_TRUE(log.overflowed());
  log.add({.kind = Kind::kWrite, .bytes = 1}, "d");
  EXPECT_EQ(log.requests().size(), 1u) << "a log with a hole in it would be wrong";
}

TEST(DeviceLog, HoldsNoEndlessRowOfFlushes) {
  DeviceLog log(10);
  for (int i = 0; i < 10; ++i) log.add({.kind = Kind::kFlush}, nullptr);
  EXPECT_TRUE(log.overflowed());
}

}  // namespace
}  // namespace writebench::crash
