#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <map>

#include "reports/report.hpp"

namespace writebench::reports {
namespace {

using engine::Cell;
using engine::Outcome;
using engine::Sample;
using Times = std::map<int, std::int64_t>;  // nanoseconds by round

Sample sample_of(int round, Outcome outcome, std::int64_t time_ns) {
  Sample sample;
  sample.round = round;
  sample.outcome = outcome;
  sample.drained_ns = time_ns;
  return sample;
}

Cell cell_of(std::string_view strategy, const Times& times) {
  Cell cell;
  cell.id = strategy;
  cell.strategy.name = strategy;
  cell.parameters.lines = 4;
  cell.bytes = 28;
  for (const auto& [round, time_ns] : times) cell.add(sample_of(round, Outcome::kOk, time_ns));
  return cell;
}

TEST(Summary, ComparesNoTimeThatAPaceFixes) {
  std::vector<Cell> cells{cell_of("sync", {{0, 10}}), cell_of("bulk", {{0, 5}}), cell_of("buffered", {{0, 20}})};
  ASSERT_TRUE(summarise(cells[2], cells)->ratio_to_reference && summarise(cells[2], cells)->fraction_of_ceiling);
  for (Cell& cell : cells) cell.workload.pace.lines_per_second = 1000;
  EXPECT_FALSE(summarise(cells[2], cells)->ratio_to_reference);
  EXPECT_FALSE(summarise(cells[2], cells)->fraction_of_ceiling);
  EXPECT_EQ(summarise(cells[2], cells)->time_ns.median, 20);
}

TEST(Summary, KnowsWhoFallsBehind) {
  Cell cell = cell_of("sync", {{0, 3'000'000}, {1, 3'100'000}, {2, 9'000'000}});  // four lines
  EXPECT_FALSE(falls_behind(cell)) << "it has no rate";
  cell.workload.pace.lines_per_second = 1000;  // the last is due after 3 ms
  EXPECT_FALSE(falls_behind(cell));
  cell.workload.pace.lines_per_second = 1050;
  EXPECT_TRUE(falls_behind(cell));
  cell.workload.pace.burst_lines = 4;
  EXPECT_FALSE(falls_behind(cell)) << "all are due at once";
}

TEST(Summary, HasTheProcessorShareOfTheTrialsThatHaveATime) {
  Cell cell = cell_of("sync", {{0, 100}, {1, 200}, {2, 400}});
  EXPECT_FALSE(processor_share(cell));
  cell.samples[0].cost.user_cpu_ns = 30;
  EXPECT_FALSE(processor_share(cell)) << "the other part is unknown";
  for (Sample& sample : cell.samples) {
    sample.cost.user_cpu_ns = 30;
    sample.cost.system_cpu_ns = 10;
  }
  EXPECT_DOUBLE_EQ(*processor_share(cell), 0.2);
}

TEST(Summary, HoldsWhatKnownTimesComeTo) {
  const Cell cell = cell_of("buffered", {{0, 10}, {1, 30}, {2, 20}});
  const auto summary = summarise(cell, {cell});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->trials, 3u);
  EXPECT_DOUBLE_EQ(summary->time_ns.median, 20);
  EXPECT_DOUBLE_EQ(summary->mad_ns, 10);
  EXPECT_DOUBLE_EQ(summary->min_ns, 10);
  EXPECT_DOUBLE_EQ(summary->max_ns, 30);
  EXPECT_DOUBLE_EQ(summary->ns_per_line.value(), 5);
  EXPECT_DOUBLE_EQ(summary->lines_per_second, 2e8);
  EXPECT_DOUBLE_EQ(summary->bytes_per_second, 1.4e9);
}

TEST(Summary, TakesTheMeanOfTheTwoInTheMiddle) {
  const Cell cell = cell_of("buffered", {{0, 100}, {1, 30}, {2, 10}, {3, 20}});
  const auto summary = summarise(cell, {cell});
  ASSERT_TRUE(summary);
  EXPECT_DOUBLE_EQ(summary->time_ns.median, 25);
  EXPECT_DOUBLE_EQ(summary->mad_ns, 10);
}

TEST(Summary, HasAnIntervalFromSixTrialsOn) {
  Cell cell = cell_of("buffered", {{0, 1}, {1, 2}, {2, 3}, {3, 4}, {4, 5}});
  EXPECT_FALSE(summarise(cell, {cell}).value().time_ns.ci95);
  cell.add(sample_of(5, Outcome::kOk, 6));
  const auto interval = summarise(cell, {cell}).value().time_ns.ci95;
  ASSERT_TRUE(interval);
  EXPECT_DOUBLE_EQ(interval->low, 1);
  EXPECT_DOUBLE_EQ(interval->high, 6);
}

TEST(Summary, CountsTheDurableTimeWhereSyncingWasAskedFor) {
  Cell cell = cell_of("buffered", {});
  Sample sample = sample_of(0, Outcome::kOk, 10);
  sample.durable_ns = 90;
  cell.add(sample);
  EXPECT_DOUBLE_EQ(summarise(cell, {cell}).value().time_ns.median, 90);
}

TEST(Harness, TakesWhatWalkingCostsFromNullWithoutItsSyncAndItsPace) {
  Report report;
  report.cells = {cell_of("null", {{0, 4}, {1, 8}, {2, 12}})};
  report.cells.front().samples[1].durable_ns = 4'000'000;
  EXPECT_EQ(harness_of(report).ns_per_line, 2);  // four lines
  report.cells.push_back(cell_of("null", {{0, 400}}));
  EXPECT_EQ(harness_of(report).ns_per_line, 2) << "the first says it";
  report.cells.front().workload.pace.think = std::chrono::microseconds(1);
  EXPECT_EQ(harness_of(report).ns_per_line, 100);
  report.cells.back().workload.pace.lines_per_second = 1000;
  EXPECT_FALSE(harness_of(report).ns_per_line);
}

TEST(Summary, IsMissingWithoutATime) {
  const Cell never_run = cell_of("buffered", {});
  EXPECT_FALSE(summarise(never_run, {never_run}));
  Cell incorrect = cell_of("buffered", {});
  incorrect.add(sample_of(0, Outcome::kIncorrect, 10));
  EXPECT_FALSE(summarise(incorrect, {incorrect}));
}

TEST(Summary, OfACellThatFailedLaterIsThatOfItsGoodTrials) {
  Cell cell = cell_of("buffered", {{0, 10}, {1, 12}});
  cell.add(sample_of(2, Outcome::kIncorrect, 1000));
  const auto summary = summarise(cell, {cell});
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->trials, 2u);
  EXPECT_DOUBLE_EQ(summary->max_ns, 12);
}

TEST(Summary, PairsWithTheReferenceByRoundAndLeavesTheOthersOut) {
  // The medians alone would say 30 / 100; the pairs say 20 / 10 and 500 / 1000.
  const std::vector<Cell> cells{cell_of("sync", {{0, 10}, {1, 100}, {2, 1000}}),
                                cell_of("buffered", {{0, 20}, {2, 500}, {3, 30}, {4, 7}})};
  const auto summary = summarise(cells[1], cells);
  ASSERT_TRUE(summary && summary->ratio_to_reference);
  EXPECT_DOUBLE_EQ(summary->ratio_to_reference->median, 1.25);
  EXPECT_FALSE(summary->ratio_to_reference->ci95);
}

TEST(Summary, LeavesOutARoundInWhichEitherHasNoTime) {
  std::vector<Cell> cells{cell_of("sync", {{0, 10}, {1, 10}}), cell_of("buffered", {{0, 30}, {2, 90}})};
  cells[0].add(sample_of(2, Outcome::kFailed, 1));
  cells[1].add(sample_of(1, Outcome::kIncorrect, 1));
  EXPECT_DOUBLE_EQ(summarise(cells[1], cells).value().ratio_to_reference.value().median, 3);
  EXPECT_DOUBLE_EQ(summarise(cells[0], cells).value().ratio_to_reference.value().median, 1);
}

TEST(Summary, HasAnIntervalOfTheRatioFromSixPairsOn) {
  const Times tens{{0, 10}, {1, 10}, {2, 10}, {3, 10}, {4, 10}, {5, 10}};
  const Times rising{{0, 10}, {1, 20}, {2, 30}, {3, 40}, {4, 50}, {5, 60}};
  const std::vector<Cell> cells{cell_of("sync", tens), cell_of("buffered", rising)};
  const auto ratio = summarise(cells[1], cells).value().ratio_to_reference;
  ASSERT_TRUE(ratio && ratio->ci95);
  EXPECT_DOUBLE_EQ(ratio->median, 3.5);
  EXPECT_DOUBLE_EQ(ratio->ci95->low, 1);
  EXPECT_DOUBLE_EQ(ratio->ci95->high, 6);
}

TEST(Summary, HoldsATwinOfTheReferenceAgainstTheFirst) {
  std::vector<Cell> cells{cell_of("sync", {{0, 10}, {1, 20}}), cell_of("sync", {{0, 20}, {1, 20}})};
  cells[1].id = "sync#2";
  cells[1].twin_of = "sync";
  EXPECT_DOUBLE_EQ(summarise(cells[0], cells).value().ratio_to_reference.value().median, 1);
  EXPECT_DOUBLE_EQ(summarise(cells[1], cells).value().ratio_to_reference.value().median, 1.5);
}

TEST(Summary, HasNoRatioWithoutAReferenceAndNoFractionWithoutACeiling) {
  const Cell cell = cell_of("buffered", {{0, 10}});
  const auto summary = summarise(cell, {cell});
  ASSERT_TRUE(summary);
  EXPECT_FALSE(summary->ratio_to_reference);
  EXPECT_FALSE(summary->fraction_of_ceiling);
}

TEST(Summary, HasNoRatioToAReferenceThatFailedOrTookNoTime) {
  std::vector<Cell> cells{cell_of("sync", {}), cell_of("buffered", {{0, 10}})};
  cells[0].add(sample_of(0, Outcome::kTimeout, 10));
  EXPECT_FALSE(summarise(cells[1], cells).value().ratio_to_reference);
  cells[0] = cell_of("sync", {{0, 0}});
  EXPECT_FALSE(summarise(cells[1], cells).value().ratio_to_reference);
}

TEST(Summary, SaysHowMuchOfTheCeilingIsReached) {
  const std::vector<Cell> cells{cell_of("bulk", {{0, 5}, {1, 10}, {2, 6}}),
                                cell_of("buffered", {{0, 20}, {1, 20}, {2, 20}})};
  EXPECT_DOUBLE_EQ(summarise(cells[1], cells).value().fraction_of_ceiling.value(), 0.3);
  EXPECT_DOUBLE_EQ(summarise(cells[0], cells).value().fraction_of_ceiling.value(), 1);
}

TEST(Summary, TakesTheFastestOfSeveralCeilings) {
  std::vector<Cell> cells{cell_of("bulk", {{0, 9}, {1, 9}, {2, 9}}), cell_of("bulk", {{0, 5}, {1, 12}, {2, 5}}),
                          cell_of("bulk", {}), cell_of("buffered", {{0, 20}, {1, 20}, {2, 20}})};
  EXPECT_DOUBLE_EQ(summarise(cells[3], cells).value().fraction_of_ceiling.value(), 0.25);
  cells[1].parameters.lines = 5;  // another work
  EXPECT_DOUBLE_EQ(summarise(cells[3], cells).value().fraction_of_ceiling.value(), 0.45);
}

TEST(Summary, PairsOnlyCellsOfTheSameWork) {
  std::vector<Cell> cells{cell_of("sync", {{0, 10}}), cell_of("bulk", {{0, 10}}), cell_of("buffered", {{0, 10}})};
  for (Cell& control : std::span(cells).first(2)) control.parameters.lines = 5;
  EXPECT_FALSE(summarise(cells[2], cells).value().ratio_to_reference);
  EXPECT_FALSE(summarise(cells[2], cells).value().fraction_of_ceiling);
  for (Cell& control : std::span(cells).first(2)) {
    control.parameters.lines = cells[2].parameters.lines;
    control.parameters.durability = {.kind = Durability::Kind::kClose};
  }
  EXPECT_FALSE(summarise(cells[2], cells).value().ratio_to_reference);
  EXPECT_FALSE(summarise(cells[2], cells).value().fraction_of_ceiling);
  cells[2].parameters.durability = {.kind = Durability::Kind::kClose};
  EXPECT_TRUE(summarise(cells[2], cells).value().ratio_to_reference);
  EXPECT_TRUE(summarise(cells[2], cells).value().fraction_of_ceiling);
}

TEST(Summary, PairsCellsThatDifferOnlyInHowTheyDoTheWork) {
  std::vector<Cell> cells{cell_of("sync", {{0, 10}}), cell_of("buffered", {{0, 40}})};
  cells[1].parameters.set(kWriters, 64);
  cells[1].parameters.set(kBufferSize, 7);
  EXPECT_DOUBLE_EQ(summarise(cells[1], cells).value().ratio_to_reference.value().median, 4);
}

TEST(Summary, OfNoLinesHasNoTimePerLineAndNothingInfinite) {
  std::vector<Cell> cells{cell_of("sync", {{0, 10}}), cell_of("buffered", {{0, 0}})};
  for (Cell& cell : cells) {
    cell.parameters.lines = 0;
    cell.bytes = 0;
  }
  for (const Cell& cell : cells) {
    const auto summary = summarise(cell, cells);
    ASSERT_TRUE(summary);
    EXPECT_FALSE(summary->ns_per_line);
    EXPECT_EQ(summary->lines_per_second, 0);
    EXPECT_EQ(summary->bytes_per_second, 0);
    EXPECT_TRUE(std::isfinite(summary->ratio_to_reference.value_or(Estimate{}).median));
  }
}

}  // namespace
}  // namespace writebench::reports
