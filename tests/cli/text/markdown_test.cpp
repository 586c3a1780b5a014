#include "cli/text/markdown.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "tests/reports/full_report.hpp"

namespace writebench::cli {
namespace {

TEST(Markdown, EscapesWhatHasAMeaning) {
  EXPECT_EQ(escaped_markdown("plain-name, 3.5 ms"), "plain-name, 3.5 ms");
  EXPECT_EQ(escaped_markdown("a|b`c*d_e[f]g\\h#i~j"), "a\\|b\\`c\\*d\\_e\\[f\\]g\\\\h\\#i\\~j");
  EXPECT_EQ(escaped_markdown("<b>&amp;</b>"), "&lt;b&gt;&amp;amp;&lt;/b&gt;");
  EXPECT_EQ(escaped_markdown("two\nlines\r\tand\x7f"), "two lines  and\\\\x7f");
}

TEST(Markdown, HasAsManyFieldsInEveryLineWhateverTheNames) {
  reports::Report report = tests::full_report();
  report.cells[2].id = "sync | `drop`\n<script>";
  report.cells[7].status_detail = "a | b\n| c";
  report.warnings = {{"odd", "one | two\n| three"}};
  std::istringstream text(render_markdown(report, sort_by_time()));
  std::size_t lines = 0;
  std::size_t of_the_header = 0;
  for (std::string line; std::getline(text, line);) {
    if (!line.starts_with("|")) continue;
    ++lines;
    std::size_t fields = 0;
    for (std::size_t i = 0; i < line.size(); ++i) fields += line[i] == '|' && (i == 0 || line[i - 1] != '\\');
    if (lines == 1) of_the_header = fields;
    EXPECT_EQ(fields, of_the_header) << line;
    EXPECT_EQ(line.find("<script>"), std::string::npos) << line;
  }
  EXPECT_GE(lines, report.cells.size());
}

}  // namespace
}  // namespace writebench::cli
