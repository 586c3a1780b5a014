#include "cli/text/progress_line.hpp"

#include <gtest/gtest.h>

#include <string>

namespace writebench::cli {
namespace {

using namespace std::chrono_literals;

// What reaches a stream that is not a terminal.
std::string shown(bool quiet, std::chrono::nanoseconds plain_line) {
  std::FILE* const stream = std::tmpfile();
  {
    ProgressLine line(stream, quiet, plain_line);
    for (const char* const text : {"one", "two"}) {
      if (line.due()) line.show(text);
    }
  }
  std::rewind(stream);
  std::string text(100, '\0');
  text.resize(std::fread(text.data(), 1, text.size(), stream));
  std::fclose(stream);
  return text;
}

TEST(ProgressLine, IsPlainAndWholeWhereThereIsNoTerminal) { EXPECT_EQ(shown(false, 0ns), "one\ntwo\n"); }

TEST(ProgressLine, WaitsForItsTime) { EXPECT_EQ(shown(false, 1h), ""); }

TEST(ProgressLine, IsNotShownIfQuiet) { EXPECT_EQ(shown(true, 0ns), ""); }

}  // namespace
}  // namespace writebench::cli
