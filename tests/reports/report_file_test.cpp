#include "reports/report_file.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace writebench::reports {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOldReport = "{\"cells\": [{\"id\": 1}], \"writebench_schema\": 1}\n";
constexpr const char* kNewReport = "{\"writebench_schema\": 1, \"cells\": []}\n";

std::string content_of(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string name = testing::TempDir() + "store_test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    directory_ = name;
  }
  ~StoreTest() override { fs::remove_all(directory_); }

  std::string path_of(const std::string& name) const { return directory_ / name; }

  std::string file_of(const std::string& name, const std::string& content) const {
    std::ofstream(path_of(name), std::ios::binary) << content;
    return path_of(name);
  }

  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()));
  }

  fs::path directory_;
};

// Why the store refuses it; empty if it does not.
std::string refusal_to_replace(const std::string& path) {
  try {
    const ReportFile store(path);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

void expect_refused(const std::string& path, const std::string& reason) {
  const std::string refusal = refusal_to_replace(path);
  EXPECT_NE(refusal.find("'" + path + "'"), std::string::npos) << path << ": " << refusal;
  EXPECT_NE(refusal.find(reason), std::string::npos) << path << ": " << refusal;
}

// The exit status of a child that does this, so that its limits and rights are its own.
int status_in_child(const std::function<int()>& action) {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(action());
  int status = -1;
  ::waitpid(pid, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_F(StoreTest, TakesAPlaceWhereNothingIsAndWritesNothingYet) {
  EXPECT_EQ(refusal_to_replace(path_of("report.json")), "");
  EXPECT_EQ(files(), 0u);
}

TEST_F(StoreTest, TakesAnEarlierReportAndLeavesItUntilItIsSaved) {
  const std::string path = file_of("report.json", kOldReport);
  EXPECT_EQ(refusal_to_replace(path), "");
  EXPECT_EQ(content_of(path), kOldReport);
}

TEST_F(StoreTest, TakesTheLongestNameThatAFileCanHave) {
  const ReportFile store(path_of(std::string(255, 'r')));
  store.save(kNewReport, false);
  EXPECT_EQ(content_of(store.path()), kNewReport);
  EXPECT_NE(refusal_to_replace(path_of(std::string(256, 'r'))), "");
}

TEST_F(StoreTest, RefusesAFileThatIsNoReportOfOurs) {
  const std::string others[] = {"",
                                "precious notes\n",
                                "[1, 2",
                                "{}",
                                "{\"context\": {\"date\": \"today\"}, \"benchmarks\": []}",
                                "{\"cells\": {\"writebench_schema\": 1}}",
                                "[{\"writebench_schema\": 1}]",
                                "\"writebench_schema\"",
                                "[\"writebench_schema\"]",
                                "{\"schema\": \"writebench_schema\"}",
                                std::string("\0\xff\xfe", 3)};
  for (const std::string& content : others) {
    const std::string path = file_of("other", content);
    expect_refused(path, "is not a report of writebench");
    EXPECT_EQ(content_of(path), content);
  }
}

TEST_F(StoreTest, RefusesWhatIsNoFile) {
  fs::create_directory(path_of("directory"));
  expect_refused(path_of("directory"), "is a directory");
  expect_refused(path_of("directory/"), "is a directory");
  ASSERT_EQ(::mkfifo(path_of("fifo").c_str(), 0600), 0);
  expect_refused(path_of("fifo"), "is not a regular file");
  expect_refused("/dev/null", "is not a regular file");
  expect_refused("", "is not a file name");
  EXPECT_TRUE(fs::is_fifo(path_of("fifo")));
}

TEST_F(StoreTest, RefusesADirectoryThatIsMissingOrNone) {
  expect_refused(path_of("missing/report.json"), "does not exist");
  const std::string file = file_of("file", "x");
  expect_refused(file + "/report.json", "is not a directory");
  EXPECT_FALSE(fs::exists(path_of("missing")));
}

TEST_F(StoreTest, RefusesASymbolicLinkThatLeadsNowhere) {
  fs::create_symlink(path_of("missing"), path_of("dangling"));
  expect_refused(path_of("dangling"), "link to nothing");
  fs::create_symlink(path_of("loop"), path_of("loop"));
  expect_refused(path_of("loop"), "link to nothing");
  EXPECT_FALSE(fs::exists(path_of("missing")));
}

TEST_F(StoreTest, RefusesASymbolicLinkToWhatIsNotOurs) {
  const std::string other = file_of("other", "precious notes\n");
  fs::create_symlink(other, path_of("link"));
  expect_refused(path_of("link"), "is not a report of writebench");
  EXPECT_EQ(content_of(other), "precious notes\n");
}

TEST_F(StoreTest, RefusesADirectoryThatCannotBeWritten) {
  constexpr uid_t kNobody = 65534;
  ASSERT_EQ(::chmod(directory_.c_str(), 0555), 0);
  const auto try_without_rights = [&] {
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) return 1;  // root may write whatever the mode says
    return refusal_to_replace(path_of("report.json")).find("no permission") != std::string::npos ? 0 : 2;
  };
  EXPECT_EQ(status_in_child(try_without_rights), 0);
  ASSERT_EQ(::chmod(directory_.c_str(), 0755), 0);
}

TEST_F(StoreTest, FollowsASymbolicLinkToAnEarlierReport) {
  const std::string report = file_of("report.json", kOldReport);
  fs::create_symlink("report.json", path_of("link"));
  ReportFile(path_of("link")).save(kNewReport, false);
  EXPECT_TRUE(fs::is_symlink(path_of("link")));
  EXPECT_FALSE(fs::is_symlink(report));
  EXPECT_EQ(content_of(report), kNewReport);
  EXPECT_EQ(files(), 2u);
}

TEST_F(StoreTest, ReplacesTheFileByAnotherAndLeavesNothingElse) {
  const std::string path = file_of("report.json", kOldReport);
  std::ifstream reader(path);
  ReportFile(path).save(kNewReport, true);
  EXPECT_EQ(content_of(path), kNewReport);
  std::ostringstream seen;
  seen << reader.rdbuf();
  EXPECT_EQ(seen.str(), kOldReport) << "who has the old one open keeps it";
  EXPECT_EQ(files(), 1u);
}

TEST_F(StoreTest, IsNeverSeenHalfWritten) {
  const std::string texts[] = {kOldReport + std::string(300'000, ' '), kNewReport + std::string(200'000, '\n')};
  const ReportFile store(file_of("report.json", texts[0]));
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 1; i <= 100; ++i) store.save(texts[i % 2], false);
    done = true;
  });
  do {
    const std::string seen = content_of(store.path());
    if (seen != texts[0] && seen != texts[1]) ADD_FAILURE() << seen.size() << " bytes were seen";
  } while (!done);
  writer.join();
}

TEST_F(StoreTest, GivesTheReportTheModeOfAnyNewFile) {
  const mode_t mask = ::umask(027);
  ReportFile(path_of("report.json")).save(kNewReport, false);
  ::umask(mask);
  struct stat status {};
  ASSERT_EQ(::stat(path_of("report.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777u, 0640u);
}

TEST_F(StoreTest, KeepsTheOldReportAndNoTemporaryFileWhereTheNewOneDoesNotFit) {
  const std::string path = file_of("report.json", kOldReport);
  const auto save_too_much = [&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{10'000, 10'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      ReportFile(path).save(kNewReport + std::string(20'000, ' '), true);
      return 1;
    } catch (const std::runtime_error& error) {
      const std::string_view message = error.what();
      return message.find(path) != message.npos && message.find("write") != message.npos ? 0 : 2;
    }
  };
  EXPECT_EQ(status_in_child(save_too_much), 0);
  EXPECT_EQ(content_of(path), kOldReport);
  EXPECT_EQ(files(), 1u);
}

TEST_F(StoreTest, SaysSoWhereTheDirectoryIsGone) {
  fs::create_directory(path_of("directory"));
  const ReportFile store(path_of("directory/report.json"));
  fs::remove(path_of("directory"));
  EXPECT_THROW(store.save(kNewReport, false), std::runtime_error);
  EXPECT_EQ(files(), 0u);
}

TEST_F(StoreTest, LeavesNoTemporaryFileWhereTheReportCannotTakeItsPlace) {
  const ReportFile store(path_of("report.json"));
  fs::create_directory(path_of("report.json"));
  EXPECT_THROW(store.save(kNewReport, false), std::runtime_error);
  EXPECT_EQ(files(), 1u);
}

}  // namespace
}  // namespace writebench::reports
