#include "engine/machine/control_groups.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

// A machine of recorded files: /proc/self and what is mounted.
class ControlGroupsTest : public testing::Test {
 protected:
  ControlGroupsTest() {
    std::string pattern = testing::TempDir() + "/groups-XXXXXX";
    root_ = ::mkdtemp(pattern.data());
  }
  ~ControlGroupsTest() override { fs::remove_all(root_); }

  void file(const std::string& path, const std::string& text) const {
    const fs::path whole = root_ / path;
    fs::create_directories(whole.parent_path());
    std::ofstream(whole) << text;
  }

  // A process in a group of version 2 that is mounted as on a usual machine.
  void process_in_version_2(const std::string& group) const {
    file("proc/cgroup", "0::" + group + "\n");
    file("proc/mountinfo", "31 24 0:27 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n");
  }

  void process_in_version_1(const std::string& group, const std::string& mount_root = "/") const {
    file("proc/cgroup", "9:name=systemd:/elsewhere\n7:memory:" + group + "\n4:cpu,cpuacct:" + group +
                            "\n3:cpuset:/elsewhere\n0::/elsewhere\n");
    const auto mount = [&](const std::string& at, const std::string& controllers) {
      return "30 24 0:26 " + mount_root + " " + at + " rw,nosuid - cgroup cgroup rw," + controllers + "\n";
    };
    file("proc/mountinfo", "22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw\n" + mount("/sys/fs/cgroup/cpuset", "cpuset") +
                               mount("/sys/fs/cgroup/cpu,cpuacct", "cpu,cpuacct") +
                               mount("/sys/fs/cgroup/memory", "memory"));
  }

  ControlGroups groups() const { return ControlGroups(root_ / "proc", root_); }

  fs::path root_;
};

TEST_F(ControlGroupsTest, HaveNoLimitWhereNoneIsKnown) {
  EXPECT_FALSE(groups().cpus() || groups().memory_bytes() || groups().throttlings());
  process_in_version_2("/app");
  file("sys/fs/cgroup/app/cpu.max", "max 100000\n");
  file("sys/fs/cgroup/app/memory.max", "max\n");
  EXPECT_FALSE(groups().cpus() || groups().memory_bytes() || groups().throttlings());
}

TEST_F(ControlGroupsTest, OfVersion2HaveTheTightestLimitOfTheHierarchy) {
  process_in_version_2("/pod/app");
  file("sys/fs/cgroup/pod/app/cpu.max", "150000 100000\n");
  file("sys/fs/cgroup/pod/app/cpu.stat", "usage_usec 7\nnr_periods 90\nnr_throttled 3\nthrottled_usec 41\n");
  file("sys/fs/cgroup/pod/app/memory.max", "2000000\n");
  EXPECT_EQ(groups().cpus(), 1.5);
  EXPECT_EQ(groups().memory_bytes(), 2'000'000);
  EXPECT_EQ(groups().throttlings(), 3);
  file("sys/fs/cgroup/pod/cpu.max", "10000 50000\n");
  file("sys/fs/cgroup/pod/cpu.stat", "nr_periods 90\nnr_throttled 40\n");
  file("sys/fs/cgroup/pod/memory.max", "1000000\n");
  EXPECT_EQ(groups().cpus(), 0.2);
  EXPECT_EQ(groups().memory_bytes(), 1'000'000);
  EXPECT_EQ(groups().throttlings(), 43) << "each of the two may have held it";
}

TEST_F(ControlGroupsTest, OfVersion1AreThoseOfTheControllersMount) {
  process_in_version_1("/pod/app");
  file("sys/fs/cgroup/cpuset/pod/app/cpu.cfs_quota_us", "1000\n");
  file("sys/fs/cgroup/cpu,cpuacct/pod/app/cpu.cfs_quota_us", "-1\n");
  file("sys/fs/cgroup/cpu,cpuacct/pod/app/cpu.cfs_period_us", "100000\n");
  file("sys/fs/cgroup/cpu,cpuacct/pod/app/cpu.stat", "nr_periods 0\nnr_throttled 9\nthrottled_time 0\n");
  file("sys/fs/cgroup/memory/pod/app/memory.limit_in_bytes", "9223372036854771712\n");
  EXPECT_FALSE(groups().cpus() || groups().memory_bytes() || groups().throttlings());
  file("sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_quota_us", "20000\n");
  file("sys/fs/cgroup/cpu,cpuacct/pod/cpu.cfs_period_us", "100000\n");
  file("sys/fs/cgroup/cpu,cpuacct/pod/cpu.stat", "nr_periods 50\nnr_throttled 17\nthrottled_time 5\n");
  file("sys/fs/cgroup/memory/pod/memory.limit_in_bytes", "4096000\n");
  EXPECT_EQ(groups().cpus(), 0.2);
  EXPECT_EQ(groups().memory_bytes(), 4'096'000);
  EXPECT_EQ(groups().throttlings(), 17) << "of the group that has the quota";
}

TEST_F(ControlGroupsTest, OfAContainerAreFoundWhereItsPartOfTheHierarchyIsMounted) {
  file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
  file("sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
  file("sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_quota_us", "25000\n");
  file("sys/fs/cgroup/cpu,cpuacct/inner/cpu.cfs_period_us", "100000\n");
  process_in_version_1("/docker/abc", "/docker/abc");
  EXPECT_EQ(groups().cpus(), 0.5) << "the mount point is its group";
  process_in_version_1("/docker/abc/inner", "/docker/abc");
  EXPECT_EQ(groups().cpus(), 0.25);
  process_in_version_1("/../other", "/docker/abc");
  EXPECT_EQ(groups().cpus(), 0.5) << "seen from another namespace";
}

TEST_F(ControlGroupsTest, OfBothVersionsAtOnceAreBothRead) {
  process_in_version_1("/app");
  std::ofstream(root_ / "proc/mountinfo", std::ios::app)
      << "40 24 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
  file("sys/fs/cgroup/unified/elsewhere/memory.max", "5000\n");
  file("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_quota_us", "200000\n");
  file("sys/fs/cgroup/cpu,cpuacct/app/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(groups().cpus(), 2.0);
  EXPECT_EQ(groups().memory_bytes(), 5000);
}

}  // namespace
}  // namespace writebench::engine
