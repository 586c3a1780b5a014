#include "engine/machine/sync_probe.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/trial/scratch.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

// A file system whose syncs take as long, and send as much to its device, as the test says.
class SyncProbeTest : public testing::Test {
 protected:
  Syncing probe() {
    const SyncProbeCalls calls{
        .sync = [this](int) { return sync(); },
        .device_bytes = [this] { return has_device_ ? std::optional(device_bytes_) : std::nullopt; },
        .dirtied_bytes = [this] { return dirtied_bytes_; }};
    return probe_syncing(scratch_.path(), calls);
  }

  int sync() {
    if (error_ != 0) {
      errno = error_;
      return -1;
    }
    std::this_thread::sleep_for(sync_takes_);
    dirtied_bytes_ += 65'536;
    if (reaches_device_) device_bytes_ += 65'536 + 20'480;
    if (++syncs_ % 2 == 0) device_bytes_ += of_others_;
    return 0;
  }

  int quick_sync() {
    sent_bytes_ += 65'536;
    return 0;
  }

  Scratch scratch_{testing::TempDir()};
  std::chrono::microseconds sync_takes_{300};
  bool has_device_ = true;
  bool reaches_device_ = true;
  std::int64_t of_others_ = 0;  // in every second sync
  int error_ = 0;
  std::int64_t sent_bytes_ = 0;

 private:
  std::int64_t dirtied_bytes_ = 0;
  std::int64_t device_bytes_ = 0;
  int syncs_ = 0;
};

TEST_F(SyncProbeTest, MeasuresWhatASyncTakesAndWritesBeyondTheData) {
  const Syncing found = probe();
  EXPECT_FALSE(found.does_nothing);
  EXPECT_GE(found.sync_ns, 300'000);
  EXPECT_EQ(found.bytes_beyond_data, 20'480);
  EXPECT_EQ(found.bytes_per_file, 0) << "here only syncs write";
}

TEST_F(SyncProbeTest, DoesNotCountWhatOthersWriteMeanwhile) {
  of_others_ = 64 << 20;
  EXPECT_EQ(probe().bytes_beyond_data, 20'480);
}

TEST_F(SyncProbeTest, FindsThatASyncDoesNothingByItsTime) {
  const Syncing found = probe_syncing(
      scratch_.path(),
      {.sync = [](int) { return 0; }, .device_bytes = [] { return std::nullopt; }, .dirtied_bytes = [] { return 0; }});
  EXPECT_TRUE(found.does_nothing);
}

TEST_F(SyncProbeTest, BelievesAQuickSyncWhoseBytesReachTheDevice) {
  const Syncing found = probe_syncing(scratch_.path(), {.sync = [this](int) { return quick_sync(); },
                                                        .device_bytes = [this] { return std::optional(sent_bytes_); },
                                                        .dirtied_bytes = [] { return 0; }});
  EXPECT_FALSE(found.does_nothing) << "a tracer makes every call as slow as a fast disk";
}

TEST_F(SyncProbeTest, FindsThatASyncDoesNothingByWhatReachesTheDevice) {
  reaches_device_ = false;
  EXPECT_TRUE(probe().does_nothing);
}

TEST_F(SyncProbeTest, BelievesASyncThatTakesItsTimeWhereNoDeviceIsKnown) {
  has_device_ = false;
  const Syncing found = probe();
  EXPECT_FALSE(found.does_nothing) << "such as NFS, FUSE, btrfs, and overlay on a disk";
  EXPECT_FALSE(found.bytes_beyond_data || found.bytes_per_file);
}

TEST_F(SyncProbeTest, LeavesNothingBehindAlsoAfterAnError) {
  probe();
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() + "/sync-probe"));
  error_ = EIO;
  EXPECT_THROW(probe(), IoError);
  EXPECT_FALSE(std::filesystem::exists(scratch_.path() + "/sync-probe"));
}

TEST(SyncProbe, KnowsMemoryFromADisk) {
  if (!std::filesystem::exists("/dev/shm")) GTEST_SKIP() << "there is no tmpfs";
  const Scratch memory("/dev/shm");
  const Syncing found = probe_syncing(memory.path());
  EXPECT_TRUE(found.does_nothing);
  EXPECT_FALSE(found.bytes_beyond_data);
}

}  // namespace
}  // namespace writebench::engine
