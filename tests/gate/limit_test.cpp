#include "gate/limit.hpp"

#include <gtest/gtest.h>

#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

using Kind = LimitVerdict::Kind;
using tests::cell_of;
using tests::metric_called;
using tests::report_of;

Limit limit_of(const char* metric, double value) {
  return {.strategy = "sync", .metric = &metric_called(metric), .value = value};
}

LimitVerdict verdict_of(const std::vector<double>& times_ns, const Limit& limit) {
  const auto verdicts = judge(report_of({cell_of("null", {1}), cell_of("sync", times_ns)}), limit);
  EXPECT_EQ(verdicts.size(), 1u);
  EXPECT_EQ(verdicts.front().id, "sync");
  return verdicts.front();
}

const std::vector<double> kTenTimes{91, 92, 93, 94, 95, 96, 97, 98, 99, 100};  // interval of the median: 92 to 99

TEST(Limit, IsExceededOnlyByTheWholeInterval) {
  EXPECT_EQ(verdict_of(kTenTimes, limit_of("time", 91)).kind, Kind::kExceeded);
  EXPECT_EQ(verdict_of(kTenTimes, limit_of("time", 92)).kind, Kind::kUncertain);
  EXPECT_EQ(verdict_of(kTenTimes, limit_of("time", 98)).kind, Kind::kUncertain);
  EXPECT_EQ(verdict_of(kTenTimes, limit_of("time", 99)).kind, Kind::kKept) << "one trial may exceed it";
  const LimitVerdict verdict = verdict_of(kTenTimes, limit_of("time", 91));
  EXPECT_EQ(verdict.value, 95.5);
  EXPECT_EQ(verdict.trials, 10u);
  ASSERT_TRUE(verdict.interval);
  EXPECT_EQ(verdict.interval->low, 92);
}

TEST(Limit, IsJudgedByEveryTrialIfTheyAreTooFewForAnInterval) {
  EXPECT_EQ(verdict_of({50, 60, 70}, limit_of("time", 49)).kind, Kind::kExceeded);
  EXPECT_EQ(verdict_of({50, 60, 70}, limit_of("time", 60)).kind, Kind::kUncertain);
  EXPECT_EQ(verdict_of({50, 60, 70}, limit_of("time", 70)).kind, Kind::kKept);
  EXPECT_FALSE(verdict_of({50, 60, 70}, limit_of("time", 70)).interval);
}

TEST(Limit, OfARateMustBeReached) {
  // 1000 lines in 100 ns are 10^10 a second.
  EXPECT_EQ(verdict_of({100, 100, 100}, limit_of("lines-per-second", 9e9)).kind, Kind::kKept);
  EXPECT_EQ(verdict_of({100, 100, 100}, limit_of("lines-per-second", 2e10)).kind, Kind::kExceeded);
  EXPECT_DOUBLE_EQ(verdict_of({100, 100, 100}, limit_of("lines-per-second", 1)).value, 1e10);
}

TEST(Limit, OfTheStallIsThatOfTrialsOfItsOwn) {
  engine::Cell cell = cell_of("sync", {100});
  EXPECT_EQ(judge(report_of({cell}), limit_of("stall-p99", 10)).front().kind, Kind::kUnknown);
  cell.caller_stall.buckets = {{.low_ns = 5, .high_ns = 5, .count = 989}, {.low_ns = 50, .high_ns = 50, .count = 11}};
  cell.caller_stall.count = 1000;
  cell.caller_stall.max_ns = 50;
  EXPECT_EQ(judge(report_of({cell}), limit_of("stall-p99", 49)).front().kind, Kind::kExceeded);
  EXPECT_EQ(judge(report_of({cell}), limit_of("stall-p99", 50)).front().kind, Kind::kKept);
}

TEST(Limit, IsUnknownOfWhatHasNoFigure) {
  engine::Cell part = cell_of("sync", kTenTimes);
  part.asked_lines = 10'000;
  EXPECT_EQ(judge(report_of({part}), limit_of("time", 1)).front().kind, Kind::kUnknown);
  EXPECT_EQ(judge(report_of({part}), limit_of("lines-per-second", 1)).front().kind, Kind::kKept);
  engine::Cell unavailable = cell_of("sync");
  unavailable.status = engine::Outcome::kUnavailable;
  unavailable.status_detail = "is not available";
  EXPECT_EQ(judge(report_of({unavailable}), limit_of("time", 1)).front().reason, "is not available");
  EXPECT_EQ(verdict_of({}, limit_of("time", 1)).kind, Kind::kUnknown);
}

TEST(Limit, CountsTrialsWithoutAnyOfWhatItLimits) {
  engine::Cell cell = cell_of("sync", {50, 50, 50});
  for (std::int64_t i = 0; i < 3; ++i) cell.samples[static_cast<std::size_t>(i)].cost.write_syscalls = i % 2;
  const LimitVerdict verdict = judge(report_of({cell}), limit_of("write-syscalls", 0)).front();
  EXPECT_EQ(verdict.value, 0);
  EXPECT_EQ(verdict.trials, 3u);
  EXPECT_EQ(verdict.kind, Kind::kUncertain);
  cell.samples[1].cost.write_syscalls = 0;
  EXPECT_EQ(judge(report_of({cell}), limit_of("write-syscalls", 0)).front().kind, Kind::kKept);
  for (engine::Sample& sample : cell.samples) sample.cost.write_syscalls.reset();
  EXPECT_EQ(judge(report_of({cell}), limit_of("write-syscalls", 0)).front().kind, Kind::kUnknown);
}

TEST(Limit, HoldsForEveryCellOfTheStrategy) {
  engine::Cell other = cell_of("sync", {10, 10, 10});
  other.id = "sync@lines=5";
  const auto verdicts = judge(report_of({cell_of("sync", {50, 50, 50}), other}), limit_of("time", 20));
  ASSERT_EQ(verdicts.size(), 2u);
  EXPECT_EQ(verdicts[0].kind, Kind::kExceeded);
  EXPECT_EQ(verdicts[1].kind, Kind::kKept);
}

}  // namespace
}  // namespace writebench::gate
