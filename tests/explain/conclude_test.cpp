#include "explain/conclude.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

namespace writebench::explain {
namespace {

using reports::Explanation;
using reports::Report;

// A cell whose trials took so long in the rounds from 0 on.
engine::Cell cell(const std::string& id, std::uint64_t lines, const std::vector<std::int64_t>& times_ns) {
  engine::Cell cell;
  cell.id = cell.strategy.name = id;
  cell.parameters.lines = lines;
  cell.bytes = 10 * lines;
  for (std::size_t round = 0; round < times_ns.size(); ++round) {
    engine::Sample sample;
    sample.round = static_cast<int>(round);
    sample.outcome = engine::Outcome::kOk;
    sample.drained_ns = times_ns[round];
    cell.add(sample);
  }
  return cell;
}

engine::Cell block(const std::string& id, std::uint64_t bytes, const std::vector<std::int64_t>& times_ns) {
  engine::Cell block = cell(id, 100, times_ns);
  block.parameters.set(kBufferSize, bytes);
  return block;
}

std::vector<std::int64_t> about(std::int64_t ns) { return {ns, ns + 2, ns - 1, ns + 1, ns - 2, ns, ns + 1, ns - 1}; }

// With a subject and a ladder, if the explanation has none.
Report report_of(std::vector<engine::Cell> cells, Explanation explanation) {
  Report report;
  if (explanation.ladder.empty()) explanation.ladder.push_back({cells.front().id, "", 0, {}, {}});
  explanation.subject = explanation.reference = explanation.ladder.back().cell;
  report.cells = std::move(cells);
  report.explanation = std::move(explanation);
  return report;
}

TEST(Conclude, PricesEachStepByWhatItsLinesTakeMore) {
  Report report = report_of({cell("a", 1000, about(2000)), cell("b", 10, about(500)), cell("c", 10, about(400))},
                            {.ladder = {{"a", "", 0, {}, {}}, {"b", "x", 0, {}, {}}, {"c", "y", 0, {}, {}}}});
  conclude(report);
  const auto& ladder = report.explanation->ladder;
  EXPECT_DOUBLE_EQ(ladder[0].ns_per_line, 2);
  EXPECT_DOUBLE_EQ(ladder[1].ns_per_line, 50);
  EXPECT_DOUBLE_EQ(ladder[1].added_ns.median, 48);
  EXPECT_DOUBLE_EQ(ladder[2].added_ns.median, -10);
  double sum = ladder[0].ns_per_line;
  for (const Explanation::Step& step : ladder) sum += step.added_ns.median;
  EXPECT_DOUBLE_EQ(sum, ladder.back().ns_per_line) << "the steps are the whole";
  ASSERT_TRUE(ladder[1].added_ns.ci95);
  EXPECT_LT(ladder[1].added_ns.ci95->low, 48);
  EXPECT_GT(ladder[1].added_ns.ci95->high, 48);
  EXPECT_FALSE(ladder[0].added_ns.ci95) << "the first adds nothing to another";
}

TEST(Conclude, GivesAWiderIntervalForNoisierRounds) {
  const auto width = [](const std::vector<std::int64_t>& times) {
    Report report = report_of({cell("a", 1, about(1000)), cell("b", 1, times)},
                              {.ladder = {{"a", "", 0, {}, {}}, {"b", "x", 0, {}, {}}}});
    conclude(report);
    const auto& interval = report.explanation->ladder[1].added_ns.ci95;
    return interval->high - interval->low;
  };
  EXPECT_GT(width({1500, 4000, 1600, 3900, 2000, 3000, 2500, 2600}), 2 * width(about(2550)));
}

TEST(Conclude, GivesNoIntervalForFewRounds) {
  Report report = report_of({cell("a", 1, {10, 10, 10}), cell("b", 1, {20, 20, 20})},
                            {.ladder = {{"a", "", 0, {}, {}}, {"b", "x", 0, {}, {}}}});
  conclude(report);
  EXPECT_DOUBLE_EQ(report.explanation->ladder[1].added_ns.median, 10);
  EXPECT_FALSE(report.explanation->ladder[1].added_ns.ci95);
}

TEST(Conclude, ComparesOnlyWhatSharesRounds) {
  engine::Cell later = cell("b", 1, about(500));
  for (engine::Sample& sample : later.samples) sample.round += 100;
  Report report = report_of({cell("a", 1, about(100)), later, cell("c", 1, about(300))},
                            {.variants = {{"b", "a", {}}, {"c", "a", {}}}});
  conclude(report);
  EXPECT_EQ(report.explanation->variants[0].ratio.median, 0);
  EXPECT_NEAR(report.explanation->variants[1].ratio.median, 3, 0.1);
}

TEST(Conclude, FindsTheBreakEvenBetweenTheSizesAroundIt) {
  Report report = report_of({cell("sync", 100, about(10'000)), block("1k", 1000, about(40'000)),
                             block("2k", 2000, about(20'000)), block("8k", 8000, about(5'000))},
                            {.block_sizes = {{"1k", "sync", {}}, {"2k", "sync", {}}, {"8k", "sync", {}}}});
  conclude(report);
  const auto& found = report.explanation->break_even;
  ASSERT_TRUE(found);
  EXPECT_NEAR(found->block_bytes, 4000, 10) << "0 + 4000 / x";
  EXPECT_NEAR(found->lines, 400, 1);
  ASSERT_TRUE(found->interval);
  EXPECT_LE(found->interval->low, found->block_bytes);
  EXPECT_GE(found->interval->high, found->block_bytes);
}

TEST(Conclude, FindsNoBreakEvenWhereThereIsNone) {
  for (const std::int64_t ns : {50'000, 500}) {
    Report report =
        report_of({cell("sync", 100, about(10'000)), block("1k", 1000, about(ns)), block("2k", 2000, about(ns - 100))},
                  {.block_sizes = {{"1k", "sync", {}}, {"2k", "sync", {}}}});
    conclude(report);
    EXPECT_FALSE(report.explanation->break_even) << ns;
  }
}

TEST(Conclude, RefusesAnUnknownCell) {
  Report report = report_of({cell("a", 1, about(1))}, {.paced = {"elsewhere"}});
  EXPECT_THROW(conclude(report), std::runtime_error);
}

TEST(Conclude, RefusesAnExplanationWithoutALadder) {
  Report report = report_of({cell("a", 1, about(1))}, {});
  report.explanation->ladder.clear();
  EXPECT_THROW(conclude(report), std::runtime_error);
}

TEST(Conclude, TakesAVariantThatDidNotRunAsIfItWereNotThere) {
  Report report = report_of({cell("a", 1, about(100)), cell("b", 1, {}), cell("c", 1, about(300))},
                            {.ladder = {{"a", "", 0, {}, {}}, {"b", "x", 0, {}, {}}, {"c", "y", 0, {}, {}}}});
  conclude(report);
  EXPECT_EQ(report.explanation->ladder[1].added_ns.median, 0);
  EXPECT_NEAR(report.explanation->ladder[2].added_ns.median, 200, 1);
}

TEST(HyperbolaAtOne, IsWhereTheCostOfAHandOverIsShared) {
  // 0.25 + 3000 / x
  EXPECT_NEAR(*hyperbola_at_one({{1000, 3.25}, {2000, 1.75}, {3000, 1.25}, {6000, 0.75}}), 4000, 1e-6);
  EXPECT_NEAR(*hyperbola_at_one({{1000, 3.25}, {6000, 0.75}}), 4000, 1e-6);
  EXPECT_NEAR(*hyperbola_at_one({{10, 300}, {1000, 3.25}, {6000, 0.75}}), 4000, 1e-6) << "300 is too far away to tell";
}

TEST(HyperbolaAtOne, LiesInTheMiddleOfNoise) {
  EXPECT_NEAR(*hyperbola_at_one({{1000, 3.1}, {2000, 1.85}, {3000, 1.2}, {4500, 1.02}, {5000, 0.8}, {6000, 0.75}}),
              4000, 300);
}

TEST(HyperbolaAtOne, IsNowhereIfAllLieOnOneSideOrTheCurveRises) {
  EXPECT_FALSE(hyperbola_at_one({}));
  EXPECT_FALSE(hyperbola_at_one({{1, 2}, {2, 1.5}}));
  EXPECT_FALSE(hyperbola_at_one({{1, 0.9}, {2, 0.8}}));
  EXPECT_FALSE(hyperbola_at_one({{1, 0.5}, {2, 2}}));
}

}  // namespace
}  // namespace writebench::explain
