#include "engine/trial/trial_files.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/trial/scratch.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

namespace fs = std::filesystem;

class TrialFilesTest : public testing::Test {
 protected:
  Scratch scratch_{testing::TempDir()};
  const std::vector<std::string> paths_ = scratch_.file_paths(1, 2);
};

TEST_F(TrialFilesTest, AreMadeOpenedAndRemoved) {
  {
    const TrialFiles files(scratch_, paths_);
    EXPECT_EQ(files.descriptors().size(), 2u);
    EXPECT_THROW(TrialFiles(scratch_, paths_), IoError) << "no file is used again";
    EXPECT_TRUE(fs::exists(paths_[0]));
    const int descriptor = files.open_for_strategy(1, {.append = true});
    EXPECT_EQ(::fcntl(descriptor, F_GETFL) & (O_ACCMODE | O_APPEND), O_WRONLY | O_APPEND);
    ::close(descriptor);
    files.remove();
  }
  EXPECT_FALSE(fs::exists(paths_[0]) || fs::exists(paths_[1]));
}

TEST_F(TrialFilesTest, AreNotMadeInPartIfOneOfThemExists) {
  std::ofstream(paths_[1]) << "x";
  EXPECT_THROW(TrialFiles(scratch_, paths_), IoError);
  EXPECT_FALSE(fs::exists(paths_[0]));
  EXPECT_TRUE(fs::exists(paths_[1]));
}

TEST_F(TrialFilesTest, AreNotOpenedThroughWhatTookTheirPlace) {
  const std::string other = scratch_.file_path("other");
  std::ofstream(other) << "precious";
  const TrialFiles files(scratch_, paths_);
  fs::remove(paths_[0]);
  EXPECT_THROW(files.open_for_strategy(0, {}), IoError) << "removed";
  fs::create_symlink(other, paths_[0]);
  EXPECT_THROW(files.open_for_strategy(0, {}), IoError) << "a symbolic link";
  fs::remove(paths_[0]);
  fs::create_hard_link(other, paths_[0]);
  EXPECT_THROW(files.open_for_strategy(0, {}), IoError) << "another file";
  EXPECT_THROW(open_for_strategy((fs::create_symlink(other, paths_[0] + ".link"), paths_[0] + ".link"), {}), IoError);
  fs::remove(paths_[0] + ".link");
  EXPECT_EQ(fs::file_size(other), 8u);
}

TEST_F(TrialFilesTest, HaveScratchFilesThatAreNoResult) {
  const TrialFiles files(scratch_, paths_, 1);
  EXPECT_EQ(files.paths(), std::vector{paths_[0]});
  EXPECT_EQ(files.descriptors().size(), 1u);
  EXPECT_EQ(files.scratch_paths(), std::vector{paths_[1]});
  const int descriptor = files.open_scratch(0);
  EXPECT_EQ(::fcntl(descriptor, F_GETFL) & O_ACCMODE, O_RDWR);
  ::close(descriptor);
  files.remove_scratch();
  EXPECT_TRUE(fs::exists(paths_[0]));
  EXPECT_FALSE(fs::exists(paths_[1]));
  std::ofstream(paths_[1]) << "another file";
  EXPECT_THROW(files.open_scratch(0), IoError);
  files.remove();
  EXPECT_FALSE(fs::exists(paths_[0]) || fs::exists(paths_[1]));
}

TEST_F(TrialFilesTest, AreNotMadeInPartIfAScratchFileExists) {
  std::ofstream(paths_[1]) << "x";
  EXPECT_THROW(TrialFiles(scratch_, paths_, 1), IoError);
  EXPECT_FALSE(fs::exists(paths_[0]));
}

TEST_F(TrialFilesTest, CanBeInAnyDirectory) {
  const TrialFiles files(paths_);
  ::close(files.open_for_strategy(0, {}));
  files.remove();
  EXPECT_FALSE(fs::exists(paths_[0]));
}

}  // namespace
}  // namespace writebench::engine
