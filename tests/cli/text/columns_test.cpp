#include "cli/text/columns.hpp"

#include <gtest/gtest.h>

#include <set>

namespace writebench::cli {
namespace {

std::vector<Column> named(std::vector<std::string> names) {
  const std::vector<std::string> figures(names.size(), "12.3 ms");
  return {{.title = "strategy", .left = true, .cut = true, .worth = Column::kAlways, .fields = std::move(names)},
          {.title = "time", .worth = Column::kAlways, .fields = figures},
          {.title = "trials", .worth = 10, .fields = figures}};
}

TEST(Columns, LeaveOneOutRatherThanCutNamesUntilTheyAreTheSame) {
  const auto columns = fitted(named({"group-commit@writers=16,wait=100us (1/100 of lines)",
                                     "group-commit@writers=16,wait=300us (1/100 of lines)",
                                     "group-commit@writers=4,wait=100us (1/100 of lines)"}),
                              58, 1, false);
  ASSERT_EQ(columns.size(), 2u);
  const std::vector<std::string>& names = columns[0].fields;
  EXPECT_EQ(std::set(names.begin(), names.end()).size(), names.size());
  EXPECT_LE(width_of(columns, 1), 58u);
}

TEST(Columns, CutNamesThatCanStillBeToldApart) {
  const auto columns =
      fitted(named({"a-rather-long-name-of-a-strategy@writers=16", "another-long-name@writers=16"}), 40, 1, false);
  ASSERT_EQ(columns.size(), 3u);
  EXPECT_LT(width_of(columns[0]), 43u);
}

TEST(Columns, FitEvenIfNoNameCanBeToldApart) {
  const auto columns = fitted(
      named({"name@writers=16,threads=10000001,wait=7", "name@writers=16,threads=10000002,wait=7"}), 20, 1, false);
  EXPECT_LE(width_of(columns, 1), 20u);
}

}  // namespace
}  // namespace writebench::cli
