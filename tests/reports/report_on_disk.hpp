#pragma once

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

namespace writebench::tests {

/// A file of the running test's own with that text, removed with this object.
class ReportOnDisk {
 public:
  explicit ReportOnDisk(std::string_view text) { write(text); }
  ReportOnDisk(const ReportOnDisk&) = delete;
  ReportOnDisk& operator=(const ReportOnDisk&) = delete;
  ~ReportOnDisk() { std::remove(path_.c_str()); }

  const std::string& path() const { return path_; }
  void write(std::string_view text) const { std::ofstream(path_, std::ios::binary) << text; }

 private:
  const testing::TestInfo& test_ = *testing::UnitTest::GetInstance()->current_test_info();
  std::string path_ = testing::TempDir() + "writebench-" + test_.test_suite_name() + "-" + test_.name() + ".json";
};

}  // namespace writebench::tests
