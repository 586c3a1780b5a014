#include "reports/atomic_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace writebench::reports {
namespace {

namespace fs = std::filesystem;

class WholeFileTest : public testing::Test {
 protected:
  void SetUp() override { fs::create_directory(directory_); }
  void TearDown() override { fs::remove_all(directory_); }

  std::string text() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  auto files() const { return std::distance(fs::directory_iterator(directory_), fs::directory_iterator()); }

  const fs::path directory_ = testing::TempDir() + "writebench-whole-file-test-" + std::to_string(::getpid());
  const std::string path_ = directory_ / "file";
};

TEST_F(WholeFileTest, IsWrittenWhereNothingIs) {
  replace_atomically(path_, "new", {});
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, LeavesAnotherFileAloneUnlessItMayReplaceIt) {
  replace_atomically(path_, "old", {});
  EXPECT_THROW(replace_atomically(path_, "new", {}), std::runtime_error);
  EXPECT_EQ(text(), "old");
  EXPECT_EQ(files(), 1) << "no temporary file is left";
  replace_atomically(path_, "new", {.durable = true, .replace = true});
  EXPECT_EQ(text(), "new");
  EXPECT_EQ(files(), 1);
}

TEST_F(WholeFileTest, LeavesASymbolicLinkToNothingAloneToo) {
  fs::create_symlink("nothing", path_);
  EXPECT_THROW(replace_atomically(path_, "new", {}), std::runtime_error);
  EXPECT_TRUE(fs::is_symlink(path_));
  EXPECT_EQ(files(), 1);
}

}  // namespace
}  // namespace writebench::reports
