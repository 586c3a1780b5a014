#include "gate/baselines.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace writebench::gate {
namespace {

namespace fs = std::filesystem;

class BaselinesTest : public testing::Test {
 protected:
  BaselinesTest() {
    directory_ = testing::TempDir() + "writebench-baselines-XXXXXX";
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("mkdtemp");
  }
  ~BaselinesTest() override { fs::remove_all(directory_); }

  std::string text_in(const std::string& name) const {
    std::ifstream file(baselines().path_of(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }
  Baselines baselines() const { return Baselines(directory_ + "/kept"); }

  std::string directory_;
};

TEST_F(BaselinesTest, AreFilesOfTheirNameInTheirDirectory) {
  EXPECT_EQ(baselines().path_of("main"), directory_ + "/kept/main.json");
  EXPECT_EQ(baselines().path_of("v1.2-rc_3"), directory_ + "/kept/v1.2-rc_3.json");
  EXPECT_EQ(baselines().calibration_path(), directory_ + "/kept/calibration.json");
}

TEST_F(BaselinesTest, ANameThatCouldLeadElsewhereIsRefused) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".."), std::string("../main"), std::string("a/b"),
        std::string("/etc/passwd"), std::string(".hidden"), std::string("with space"), std::string("caf\xc3\xa9"),
        std::string("a\nb"), std::string("nul\0inside", 10), std::string("calibration"), std::string(101, 'a')}) {
    EXPECT_THROW(baselines().path_of(name), BadBaseline) << name;
    EXPECT_THROW(baselines().reserve(name, true), BadBaseline) << name;
  }
  EXPECT_NO_THROW(baselines().path_of(std::string(100, 'a')));
}

TEST_F(BaselinesTest, AreSavedAndListedInOrder) {
  EXPECT_TRUE(baselines().names().empty()) << "there is no directory yet";
  for (const char* name : {"main", "b", "a.1"}) {
    baselines().reserve(name, false);
    baselines().save(name, name, false);
  }
  baselines().reserve("later", false);
  std::ofstream(directory_ + "/kept/calibration.json") << "{}";
  std::ofstream(directory_ + "/kept/notes.txt") << "mine";
  EXPECT_EQ(baselines().names(), (std::vector<std::string>{"a.1", "b", "main"}));
  EXPECT_EQ(text_in("main"), "main");
}

TEST_F(BaselinesTest, AreReplacedOnlyWhereThatIsAskedFor) {
  baselines().reserve("main", false);
  baselines().save("main", "first", false);
  EXPECT_THROW(baselines().reserve("main", false), BadBaseline);
  EXPECT_THROW(baselines().save("main", "second", false), std::runtime_error);
  EXPECT_EQ(text_in("main"), "first");
  baselines().reserve("main", true);
  baselines().save("main", "second", true);
  EXPECT_EQ(text_in("main"), "second");
  EXPECT_EQ(baselines().names().size(), 1u) << "nothing else is left there";
}

TEST_F(BaselinesTest, ADirectoryThatCannotBeMadeIsNamed) {
  std::ofstream(directory_ + "/kept") << "a file";
  try {
    baselines().reserve("main", false);
    FAIL();
  } catch (const BadBaseline& error) {
    EXPECT_NE(std::string(error.what()).find(directory_ + "/kept' cannot hold baselines"), std::string::npos);
  }
  EXPECT_TRUE(baselines().names().empty());
}

}  // namespace
}  // namespace writebench::gate
