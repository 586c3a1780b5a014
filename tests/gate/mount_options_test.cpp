#include "gate/mount_options.hpp"

#include <gtest/gtest.h>

namespace writebench::gate {
namespace {

TEST(MountOptions, OfSpeedAreTheSameForEveryContainerOfAMachine) {
  const auto overlay = [](const std::string& layer) {
    return "rw,relatime,rw,lowerdir=/var/lib/docker/overlay2/l/" + layer +
           ":/var/lib/docker/overlay2/l/BASE,upperdir=" + "/var/lib/docker/overlay2/" + layer +
           "/diff,workdir=/var/lib/docker/overlay2/" + layer +
           "/work,nouserxattr,context=\"system_u:object_r:container_file_t:s0:c1,c" + layer + "\"";
  };
  EXPECT_EQ(options_of_speed(overlay("7AB")), options_of_speed(overlay("91C")));
  EXPECT_EQ(options_of_speed(overlay("7AB")), "nouserxattr,relatime,rw");
}

TEST(MountOptions, LeaveOutWhereForWhomAndHowLarge) {
  EXPECT_EQ(options_of_speed("rw,nosuid,nodev,size=24684092k,nr_inodes=3083623,mode=755,uid=1000,gid=1000"), "rw");
  EXPECT_EQ(options_of_speed("rw,user_id=0,group_id=0,rootmode=40000,fd=12,allow_other,max_read=131072"),
            "max_read=131072,rw");
  EXPECT_EQ(options_of_speed("rw,vers=4.2,rsize=1048576,proto=tcp,clientaddr=10.0.0.7,addr=10.0.0.1,port=2049"),
            "proto=tcp,rsize=1048576,rw,vers=4.2");
  EXPECT_EQ(options_of_speed("rw,ssd,discard=async,space_cache=v2,subvolid=257,subvol=/@home"),
            "discard=async,rw,space_cache=v2,ssd");
  EXPECT_EQ(options_of_speed(""), "");
}

TEST(MountOptions, KeepEverythingElseInWhateverOrder) {
  EXPECT_EQ(options_of_speed("rw,sync,noatime"), options_of_speed("noatime,rw,sync,rw"));
  for (const char* of_speed : {"sync", "data=journal", "commit=60", "nobarrier", "noatime", "compress=zstd", "volatile",
                               "lazytime", "logbsize=256k", "unheard-of", "unheard-of=3"}) {
    EXPECT_EQ(options_of_speed(std::string("rw,") + of_speed).find("rw") != std::string::npos, true);
    EXPECT_NE(options_of_speed(std::string("rw,") + of_speed), options_of_speed("rw")) << of_speed;
  }
}

TEST(DeviceName, TellsItsKindAndNotWhichOne) {
  const struct {
    const char *name, *kind;
  } devices[] = {{"vda", "vd"},   {"vdb", "vd"},       {"sda", "sd"},         {"sdaa", "sd"},
                 {"xvda", "xvd"}, {"nvme0n1", "nvme"}, {"nvme1n1", "nvme"},   {"loop7", "loop"},
                 {"dm-0", "dm"},  {"md127", "md"},     {"mmcblk0", "mmcblk"}, {"", ""}};
  for (const auto& device : devices) EXPECT_EQ(kind_of_device(device.name), device.kind) << device.name;
}

}  // namespace
}  // namespace writebench::gate
