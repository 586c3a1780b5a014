#include "strategies/support/direct_io.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "engine/trial/scratch.hpp"
#include "engine/trial/trial_files.hpp"

namespace writebench::strategies {
namespace {

TEST(DirectPlace, PutsFullBlocksOneBehindTheOther) {
  Block block(8, 4);
  DirectPlace place(4);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(block.fill("abcdefghi"), "i");
    const DirectWrite write = place.write_of(block);
    EXPECT_EQ(write.bytes, "abcdefgh");
    EXPECT_EQ(write.offset_bytes, 8 * i);
    EXPECT_EQ(write.padding_bytes, 0u);
    EXPECT_EQ(write.end_bytes(), 8 * i + 8);
    EXPECT_EQ(write.line_bytes(), 8u);
    block.take();
    place.next_block();
    EXPECT_EQ(place.end_bytes(), 8 * i + 8);
  }
}

TEST(DirectPlace, RepeatsTheUnitInWhichTheLastWriteEnded) {
  Block block(12, 4);
  DirectPlace place(4);
  block.fill("abc");
  DirectWrite write = place.write_of(block);
  EXPECT_EQ(write.bytes, std::string("abc\0", 4));
  EXPECT_EQ(write.offset_bytes, 0u);
  EXPECT_EQ(write.line_bytes(), 3u);
  EXPECT_EQ(place.end_bytes(), 3u);
  block.fill("defg");
  write = place.write_of(block);
  EXPECT_EQ(write.bytes, std::string("abcdefg\0", 8));
  EXPECT_EQ(write.padding_bytes, 1u);
  block.fill("h");
  write = place.write_of(block);
  EXPECT_EQ(write.bytes, "efgh");
  EXPECT_EQ(write.offset_bytes, 4u);
  EXPECT_EQ(place.write_of(block).bytes, "") << "all of it is written";
  EXPECT_EQ(block.fill("ijklm"), "m");
  write = place.write_of(block);
  EXPECT_EQ(write.bytes, "ijkl") << "a unit that is full is not repeated";
  EXPECT_EQ(write.offset_bytes, 8u);
  block.take();
  place.next_block();
  block.fill("m");
  write = place.write_of(block);
  EXPECT_EQ(write.bytes, std::string("m\0\0\0", 4));
  EXPECT_EQ(write.offset_bytes, 12u);
  EXPECT_EQ(place.end_bytes(), 13u);
}

class SpaceAheadTest : public testing::Test {
 protected:
  std::int64_t size() const {
    struct stat status {};
    return ::fstat(file_.descriptor(), &status) == 0 ? status.st_size : -1;
  }
  void TearDown() override { made_.remove(); }

  const engine::Scratch scratch_{testing::TempDir()};
  const engine::TrialFiles made_{scratch_, {scratch_.file_path("ahead")}};
  File file_{made_.paths().front(), made_.open_for_strategy(0, {}), {}};
};

TEST_F(SpaceAheadTest, AllocatesWholeChunksAndCutsOffWhatIsTooMuch) {
  SpaceAhead space(file_, 10'000);
  space.reach(1);
  EXPECT_EQ(size(), 10'000);
  space.reach(10'000);
  EXPECT_EQ(size(), 10'000);
  space.reach(35'000);
  EXPECT_EQ(size(), 40'000) << "several chunks at once";
  space.trim(34'999);
  EXPECT_EQ(size(), 34'999);
}

TEST_F(SpaceAheadTest, AllocatesNothingWithoutChunks) {
  SpaceAhead space(file_, 0);
  space.reach(4096);
  EXPECT_EQ(size(), 0);
  file_.pwrite_padded(std::string(4096, 'x'), 0, 96);
  space.trim(4000);
  EXPECT_EQ(size(), 4000) << "padding is too much, too";
}

TEST_F(SpaceAheadTest, LeavesAFileAloneThatIsNotTooLong) {
  File file(made_.paths().front(), made_.open_for_strategy(0, {}), {}, {.ftruncate = [](int, off_t) {
              ADD_FAILURE() << "it was cut";
              return 0;
            }});
  SpaceAhead space(file, 4096);
  space.trim(0);
  space.reach(4096);
  space.trim(4096);
}

TEST_F(SpaceAheadTest, NamesTheCallThatFails) {
  File not_writable(made_.paths().front(), ::open(made_.paths().front().c_str(), O_RDONLY | O_CLOEXEC), {});
  SpaceAhead space(not_writable, 4096);
  try {
    space.reach(1);
    FAIL();
  } catch (const IoError& error) {
    EXPECT_EQ(error.code().value(), EBADF);
    EXPECT_NE(std::string(error.what()).find("fallocate"), std::string::npos) << error.what();
  }
}

TEST_F(SpaceAheadTest, IsUnsupportedWhereTheFileSystemCannotAllocate) {
  File of_proc("comm", ::open("/proc/self/comm", O_WRONLY | O_CLOEXEC), {});
  SpaceAhead space(of_proc, 4096);
  EXPECT_THROW(space.reach(1), Unsupported);
}

TEST_F(SpaceAheadTest, AlignsToAPageAtLeast) {
  const std::size_t alignment_bytes = direct_alignment(file_);
  EXPECT_GE(alignment_bytes, 4096u);
  EXPECT_EQ(alignment_bytes & (alignment_bytes - 1), 0u) << alignment_bytes << " is a power of two";
}

}  // namespace
}  // namespace writebench::strategies
