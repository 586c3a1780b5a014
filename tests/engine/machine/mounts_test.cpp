#include "engine/machine/mounts.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "engine/trial/scratch.hpp"

namespace writebench::engine {
namespace {

class MountsTest : public testing::Test {
 protected:
  std::vector<Mount> read(const std::string& text) const {
    const std::string path = scratch_.file_path("mountinfo");
    std::ofstream(path) << text;
    return read_mounts(path);
  }

  Scratch scratch_{testing::TempDir()};
};

TEST_F(MountsTest, AreReadWithTheirEscapes) {
  const auto mounts =
      read("36 35 98:0 /mnt1 /a\\040b\\134\\011c rw,noatime shared:1 - ext4 /dev/root rw,errors=continue\n");
  ASSERT_EQ(mounts.size(), 1u);
  EXPECT_EQ(mounts[0].root, "/mnt1");
  EXPECT_EQ(mounts[0].point, "/a b\\\tc");
  EXPECT_EQ(mounts[0].options, "rw,noatime");
  EXPECT_EQ(mounts[0].file_system, "ext4");
  EXPECT_EQ(mounts[0].source, "/dev/root");
  EXPECT_EQ(mounts[0].super_options, "rw,errors=continue");
}

TEST_F(MountsTest, OddTextIsReadAsFarAsItGoes) {
  EXPECT_TRUE(read("").empty());
  EXPECT_TRUE(read("garbage\n\n - \n").front().file_system.empty());
  EXPECT_EQ(read("1 2 3 / /x\\777\\08\\4 rw - ext4").front().point, "/x\377\\08\\4");
  EXPECT_EQ(read("1 2 3 / /x\\ rw - ext4 \n1 2 3 / /y rw").size(), 1u);
  EXPECT_EQ(read(" - " + std::string(100'000, '\\')).size(), 1u);
}

TEST_F(MountsTest, OfAFileThatCannotBeReadThereAreNone) { EXPECT_TRUE(read_mounts("/nonexistent").empty()); }

}  // namespace
}  // namespace writebench::engine
