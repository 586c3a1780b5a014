#include "cli/options/exit_status.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace writebench::cli {
namespace {

using engine::Outcome;
using Names = std::vector<std::string>;

engine::Cell measured_cell(std::string name, std::optional<Outcome> status) {
  engine::Cell cell;
  cell.id = cell.strategy.name = std::move(name);
  if (cell.id == "null") cell.strategy.contract.order = Order::kNothing;
  cell.status = status;
  return cell;
}

struct Case {
  std::vector<engine::Cell> cells;
  Names asked;
  ExitStatus ends_with;
};

TEST(ExitStatusOfARun, IsFineIfSomethingThatWasAskedForWasMeasured) {
  const auto null = measured_cell("null", Outcome::kOk);
  const auto bulk = measured_cell("bulk", Outcome::kOk);
  const auto never = measured_cell("never", Outcome::kUnavailable);
  const Case kCases[] = {
      {{null, bulk, measured_cell("sync", Outcome::kOk)}, {"sync"}, ExitStatus::kFine},
      {{null, bulk, never, measured_cell("sync", Outcome::kOk)}, {"never", "sync"}, ExitStatus::kFine},
      {{null, bulk}, {"null"}, ExitStatus::kFine},
      {{null, bulk}, {"bulk"}, ExitStatus::kFine},
      {{null, bulk, never}, {"never"}, ExitStatus::kUsage},
      {{null, bulk, never}, {"null", "never"}, ExitStatus::kUsage},
      {{null, bulk, never}, {"bulk", "never"}, ExitStatus::kFine},
      {{null, never}, {"never", "never"}, ExitStatus::kUsage},
      {{null, bulk, measured_cell("sync", Outcome::kTimeout)}, {"sync"}, ExitStatus::kFailed},
      {{null, never, measured_cell("sync", Outcome::kIncorrect)}, {"never", "sync"}, ExitStatus::kFailed},
      {{null, bulk, measured_cell("sync", std::nullopt)}, {"sync"}, ExitStatus::kFailed},
  };
  for (const Case& one : kCases) {
    reports::Report report;
    report.cells = one.cells;
    EXPECT_EQ(status_of(report, one.asked), status(one.ends_with)) << &one - kCases;
    EXPECT_EQ(measured_something(report, one.asked), one.ends_with == ExitStatus::kFine) << &one - kCases;
  }
}

TEST(ExitStatusOfAComparison, SaysWhyNothingCouldBeCompared) {
  const auto status_with = [](std::vector<gate::Unmatched> rest, FailOn fail_on) {
    gate::Comparison comparison;
    comparison.not_compared = std::move(rest);
    return status_of(comparison, fail_on);
  };
  for (const FailOn fail_on : {FailOn::kRegression, FailOn::kInconclusive, FailOn::kNever}) {
    EXPECT_EQ(status_with({}, fail_on), 2);
    EXPECT_EQ(status_with({{"a", "is not in the base"}}, fail_on), 2);
    EXPECT_EQ(status_with({{"a", "in the head: failed", true, true}}, fail_on), 1);
    EXPECT_EQ(status_with({{"a", "in the base: failed", false, true}}, fail_on), 1);
    EXPECT_EQ(status_with({{"a", "is not in the head", true}, {"b", "is not in the base"}}, fail_on), 2);
  }
}

}  // namespace
}  // namespace writebench::cli
