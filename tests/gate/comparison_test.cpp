#include "gate/comparison.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

using engine::Cell;
using reports::Report;
using tests::cell_of;
using tests::noisy;
using tests::report_of;
using tests::side_of;

class ComparisonTest : public testing::Test {
 protected:
  std::vector<double> times(double median, int count = 30) { return noisy(median, 0.01, count, random_); }

  static Cell twin_of(const char* name, const std::vector<double>& times_ns) {
    Cell twin = cell_of(name, times_ns);
    twin.twin_of = twin.id;
    twin.id += "#2";
    return twin;
  }

  // The one cell of a comparison with that id.
  static ComparedCell find(const Comparison& comparison, const std::string& id) {
    for (const ComparedCell& cell : comparison.cells) {
      if (cell.id == id) return cell;
    }
    ADD_FAILURE() << id;
    return {};
  }

  std::mt19937_64 random_{1};
};

TEST_F(ComparisonTest, SidesOfOneSessionAreComparedRoundByRound) {
  // The machine is twice as slow in every second round; the pairs do not see it.
  std::vector<double> base = times(1e6);
  for (std::size_t round = 0; round < base.size(); round += 2) base[round] *= 2;
  std::vector<double> head = base;
  for (double& time : head) time *= 1.1;
  const Comparison comparison =
      compare(side_of("base", {cell_of("sync", base)}), side_of("head", {cell_of("sync", head)}), {});
  const ComparedCell cell = find(comparison, "sync");
  EXPECT_EQ(cell.basis, Basis::kPaired);
  EXPECT_EQ(cell.judgement.verdict, PairVerdict::kSlower);
  EXPECT_NEAR(cell.difference, std::log(1.1), 1e-5);
  EXPECT_EQ(cell.size, 30u);
  EXPECT_EQ(cell.lines, 1000u);
  EXPECT_EQ(cell.allowance, 0);
  EXPECT_FALSE(cell.twin_difference);
  EXPECT_EQ(cell.reason, "");
}

TEST_F(ComparisonTest, SaysThatAPaceFixesTheTimeUnlessItIsNotKept) {
  const auto note_on = [&](double base_ns, double head_ns, const char* metric) {
    const auto cell = [&](double time_ns) {
      Cell paced = cell_of("sync", times(time_ns));
      paced.workload.pace.lines_per_second = 1e6;  // the last of the 1000 lines is due after 0.999 ms
      for (engine::Sample& sample : paced.samples) sample.cost.user_cpu_ns = sample.cost.system_cpu_ns = 1000;
      return paced;
    };
    const Comparison comparison = compare(side_of("base", {cell(base_ns)}), side_of("head", {cell(head_ns)}),
                                          {.metric = &tests::metric_called(metric), .rule = {}});
    return comparison.notes.empty() ? "" : comparison.notes.front();
  };
  EXPECT_EQ(note_on(1e6, 1e6, "time"),
            "the pace (--rate) fixes the time of sync, so its verdict says nothing about the program: compare by "
            "--metric cpu, or stall-p99 with 'writebench ab'");
  EXPECT_NE(note_on(1e6, 1e6, "lines-per-second"), "");
  EXPECT_EQ(note_on(1e6, 1e6, "cpu"), "");
  EXPECT_EQ(note_on(1e6, 2e6, "time"), "") << "the head cannot keep up: that is a change";
}

TEST_F(ComparisonTest, ARoundThatOneSideLacksIsNoPair) {
  Cell head = cell_of("sync", times(1e6));
  for (engine::Sample& sample : head.samples) sample.round += 10;
  const Comparison comparison = compare(side_of("base", {cell_of("sync", times(1e6))}), side_of("head", {head}), {});
  EXPECT_EQ(find(comparison, "sync").size, 20u);
}

TEST_F(ComparisonTest, ReportsOfTwoSessionsAreNoPairs) {
  Report other = side_of("head", {cell_of("sync", times(1e6)), cell_of("buffered", times(3e6))});
  other.pairing->id = "another session";
  const Comparison comparison =
      compare(side_of("base", {cell_of("sync", times(1e6)), cell_of("buffered", times(3e6))}), other, {});
  EXPECT_EQ(find(comparison, "buffered").basis, Basis::kReference);
}

TEST_F(ComparisonTest, ATwinThatAgreesChangesNothing) {
  const std::vector<double> base = times(1e6);
  const Comparison comparison = compare(side_of("base", {cell_of("sync", base), twin_of("sync", base)}),
                                        side_of("head", {cell_of("sync", times(1.1e6))}), {});
  const ComparedCell cell = find(comparison, "sync");
  EXPECT_EQ(comparison.cells.size(), 1u);
  EXPECT_EQ(cell.twin_difference, 0);
  EXPECT_EQ(cell.allowance, 0);
  EXPECT_EQ(cell.judgement.verdict, PairVerdict::kSlower);
}

TEST_F(ComparisonTest, ATwinThatDiffersALittleWidensTheLimit) {
  const auto with_twin = [&](double twin) {
    const Comparison comparison = compare(side_of("base", {cell_of("sync", times(1e6)), twin_of("sync", times(twin))}),
                                          side_of("head", {cell_of("sync", times(1.08e6))}), {});
    return find(comparison, "sync");
  };
  EXPECT_EQ(with_twin(1e6).judgement.verdict, PairVerdict::kSlower);
  for (const double twin : {1.04e6, 0.96e6}) {
    const ComparedCell cell = with_twin(twin);
    EXPECT_NEAR(cell.allowance, 0.03, 0.01) << "what is certain of the 4 %";
    EXPECT_NEAR(*cell.twin_difference, std::log(twin / 1e6), 0.01);
    EXPECT_EQ(cell.judgement.verdict, PairVerdict::kInconclusive);
  }
}

TEST_F(ComparisonTest, ATwinThatDiffersMoreThanTheThresholdAllowsNoVerdict) {
  for (const double head : {1e6, 2e6, 0.5e6}) {
    const Comparison comparison = compare(side_of("base", {cell_of("sync", times(1e6)), twin_of("sync", times(1.1e6))}),
                                          side_of("head", {cell_of("sync", times(head))}), {});
    const ComparedCell cell = find(comparison, "sync");
    EXPECT_EQ(cell.judgement.verdict, PairVerdict::kInconclusive);
    EXPECT_TRUE(cell.reason.starts_with("the base differs from itself by +")) << cell.reason;
  }
}

TEST_F(ComparisonTest, TwoRunsAreComparedByTheirRatiosToTheReference) {
  // The machine of the head is 3 % slower in all; buffered has become 30 % slower beyond that.
  const Report base = report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(2e6))});
  const Report head = report_of({cell_of("sync", times(1.03e6)), cell_of("buffered", times(2e6 * 1.03 * 1.3))});
  const ComparedCell cell = find(compare(base, head, {}), "buffered");
  EXPECT_EQ(cell.basis, Basis::kReference);
  EXPECT_NEAR(cell.difference, std::log(1.3), 0.02);
  EXPECT_NEAR(cell.allowance, RunToRun{}.other + std::log(1.03), 0.01);
  EXPECT_EQ(cell.judgement.verdict, PairVerdict::kSlower);
}

TEST_F(ComparisonTest, AMachineThatMovedTheReferenceMayHaveMovedTheCell) {
  const Report base = report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(2e6))});
  const Report head = report_of({cell_of("sync", times(0.5e6)), cell_of("buffered", times(2e6))});
  const ComparedCell cell = find(compare(base, head, {}), "buffered");
  EXPECT_NEAR(cell.difference, std::log(2), 0.02);
  EXPECT_NE(cell.judgement.verdict, PairVerdict::kSlower) << "only the reference got faster";
}

TEST_F(ComparisonTest, TheReferenceItselfIsNotJudgedAcrossRuns) {
  const Comparison comparison =
      compare(report_of({cell_of("sync", times(1e6))}), report_of({cell_of("sync", times(3e6))}), {});
  EXPECT_TRUE(comparison.cells.empty());
  ASSERT_EQ(comparison.not_compared.size(), 1u);
  EXPECT_TRUE(comparison.not_compared[0].reason.starts_with("it is the reference, here +"))
      << comparison.not_compared[0].reason;
  EXPECT_FALSE(comparison.not_compared[0].failed);
}

TEST_F(ComparisonTest, WithoutARoundWithTheReferenceNothingIsCompared) {
  Cell later = cell_of("buffered", times(2e6));
  for (engine::Sample& sample : later.samples) sample.round += 1000;
  const Comparison comparison = compare(report_of({cell_of("sync", times(1e6)), later}),
                                        report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(2e6))}), {});
  EXPECT_TRUE(comparison.cells.empty());
  ASSERT_EQ(comparison.not_compared.size(), 2u);
  EXPECT_EQ(comparison.not_compared[1].reason, "no round with the reference has time");
}

TEST_F(ComparisonTest, WithoutAReferenceTheTimesThemselvesAreCompared) {
  const auto head_at = [&](double time) {
    return find(
        compare(report_of({cell_of("buffered", times(1e6))}), report_of({cell_of("buffered", times(time))}), {}),
        "buffered");
  };
  EXPECT_EQ(head_at(1.3e6).basis, Basis::kDirect);
  EXPECT_EQ(head_at(1.3e6).judgement.verdict, PairVerdict::kSlower);
  EXPECT_EQ(head_at(0.7e6).judgement.verdict, PairVerdict::kFaster);
  EXPECT_EQ(head_at(1.0e6).judgement.verdict, PairVerdict::kSame);
  EXPECT_EQ(head_at(1.08e6).judgement.verdict, PairVerdict::kSame) << "two runs may differ by that much";
}

TEST_F(ComparisonTest, HowMuchTwoRunsMayDifferIsATerm) {
  const Report base = report_of({cell_of("buffered", times(1e6))});
  const Report head = report_of({cell_of("buffered", times(1.1e6))});
  const auto verdict = [&](const RunToRun& run_to_run) {
    return find(compare(base, head, {.rule = {}, .run_to_run = run_to_run}), "buffered").judgement.verdict;
  };
  EXPECT_EQ(verdict({.other = 0}), PairVerdict::kSlower);
  EXPECT_EQ(verdict({.other = 0.2}), PairVerdict::kSame);
  EXPECT_EQ(verdict({.known = {{identity_of(cell_of("buffered")), 0}}, .other = 0.2}), PairVerdict::kSame)
      << "that is of ratios to sync";
}

TEST_F(ComparisonTest, HowMuchRatiosMayDifferIsATermOfEachCell) {
  const Report base = report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(1e6))});
  const Report head = report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(1.12e6))});
  const auto verdict = [&](const RunToRun& run_to_run, std::string_view metric = "time") {
    const ComparisonSettings settings{.metric = &tests::metric_called(metric), .rule = {}, .run_to_run = run_to_run};
    return find(compare(base, head, settings), "buffered").judgement.verdict;
  };
  engine::Cell longer = cell_of("buffered");
  longer.parameters.lines = 7;
  EXPECT_EQ(verdict({.other = 0.2}), PairVerdict::kSame);
  EXPECT_EQ(verdict({.known = {{identity_of(cell_of("buffered")), 0}}, .other = 0.2}), PairVerdict::kSlower);
  EXPECT_EQ(verdict({.known = {{identity_of(longer), 0}, {identity_of(cell_of("sync")), 0}}, .other = 0.2}),
            PairVerdict::kSame);
  EXPECT_EQ(verdict({.known = {{identity_of(cell_of("buffered")), 0}}, .other = 0.2}, "lines-per-second"),
            PairVerdict::kSlower);
  EXPECT_EQ(verdict({.known = {{identity_of(cell_of("buffered")), 0}}, .other = 0.2}, "drained"), PairVerdict::kSame);
}

TEST_F(ComparisonTest, AReferenceOfOtherWorkIsNone) {
  Cell other_work = cell_of("sync", times(1e6));
  other_work.parameters.lines = 5;
  const Report base = report_of({other_work, cell_of("buffered", times(1e6))});
  EXPECT_EQ(find(compare(base, base, {}), "buffered").basis, Basis::kDirect);
}

TEST_F(ComparisonTest, AnotherMachineAllowsNoVerdictAndAnotherKernelALess) {
  const Report base = report_of({cell_of("buffered", times(1e6))});
  Report head = report_of({cell_of("buffered", times(3e6))});
  head.environment.kernel = "another";
  ComparedCell cell = find(compare(base, head, {}), "buffered");
  EXPECT_NEAR(cell.allowance, RunToRun{}.other + kUnlikeAllowance, 1e-12);
  EXPECT_EQ(cell.judgement.verdict, PairVerdict::kSlower);
  head.environment.cpus = 64;
  cell = find(compare(base, head, {}), "buffered");
  EXPECT_EQ(cell.judgement.verdict, PairVerdict::kInconclusive);
  EXPECT_EQ(cell.reason, "environment.cpus differs: 1 in the base, 64 in the head");
  EXPECT_EQ(compare(base, head, {}).differences.size(), 2u);
}

TEST_F(ComparisonTest, RunsThatWereMostlyDisturbedAllowNoVerdict) {
  const auto disturbed = [&](std::size_t count) {
    Cell cell = cell_of("buffered", times(1e6));
    for (std::size_t i = 0; i < count; ++i) cell.samples[i].disturbances = {"other-load"};
    return report_of({cell});
  };
  const Report head = report_of({cell_of("buffered", times(3e6))});
  EXPECT_EQ(find(compare(disturbed(15), head, {}), "buffered").judgement.verdict, PairVerdict::kSlower);
  const ComparedCell cell = find(compare(disturbed(16), head, {}), "buffered");
  EXPECT_EQ(cell.disturbed, 16u);
  EXPECT_EQ(cell.reason, "most trials of the base were disturbed");
  EXPECT_EQ(find(compare(head, disturbed(16), {}), "buffered").reason, "most trials of the head were disturbed");
}

TEST_F(ComparisonTest, TooFewTrialsAreInconclusiveAndSaySo) {
  const auto pairs = [&](int count) {
    return find(compare(side_of("base", {cell_of("sync", times(1e6, count))}),
                        side_of("head", {cell_of("sync", times(3e6, count))}), {}),
                "sync");
  };
  EXPECT_EQ(pairs(6).judgement.verdict, PairVerdict::kInconclusive);
  EXPECT_EQ(pairs(6).reason, "6 pairs are too few for any verdict on 1 cell at 1 %: it takes 7");
  EXPECT_EQ(pairs(7).judgement.verdict, PairVerdict::kSlower);
  const auto rounds = [&](int count) {
    return find(compare(report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(2e6, count))}),
                        report_of({cell_of("sync", times(1e6)), cell_of("buffered", times(6e6))}), {}),
                "buffered");
  };
  EXPECT_EQ(rounds(7).reason, "7 rounds with the reference are too few for any verdict on 1 cell at 1 %: it takes 8");
  EXPECT_EQ(rounds(8).judgement.verdict, PairVerdict::kSlower);
  const ComparedCell unclear = find(compare(side_of("base", {cell_of("sync", noisy(1e6, 0.2, 20, random_))}),
                                            side_of("head", {cell_of("sync", noisy(1.05e6, 0.2, 20, random_))}), {}),
                                    "sync");
  EXPECT_EQ(unclear.judgement.verdict, PairVerdict::kInconclusive);
  EXPECT_TRUE(unclear.reason.starts_with("20 pairs cannot tell it from ")) << unclear.reason;
}

TEST_F(ComparisonTest, WhatHasNoValueOfTheMetricIsNotCompared) {
  const Report report = report_of({cell_of("buffered", times(1e6))});
  const Comparison comparison = compare(report, report, {.metric = &tests::metric_called("stall-p99"), .rule = {}});
  EXPECT_TRUE(comparison.cells.empty());
  ASSERT_EQ(comparison.not_compared.size(), 1u);
  EXPECT_EQ(comparison.not_compared[0].reason, "no trial has stall-p99");
  Report few = report;
  few.cells[0].parameters.lines = 99;
  EXPECT_EQ(compare(few, few, {.metric = &tests::metric_called("stall-p99"), .rule = {}}).not_compared[0].reason,
            "no trial has stall-p99, which takes 100 lines");
}

TEST_F(ComparisonTest, SaysOfEachSideWhetherItsRunIsComplete) {
  Report base = report_of({cell_of("buffered", times(1e6))});
  const Report head = base;
  base.complete = false;
  EXPECT_FALSE(compare(base, head, ComparisonSettings{}).base.complete);
  EXPECT_TRUE(compare(base, head, ComparisonSettings{}).head.complete);
}

TEST_F(ComparisonTest, TheTallyCountsEachVerdictOnceAndWhatFailed) {
  Cell broken = cell_of("broken");
  broken.add(tests::failed_sample(engine::Outcome::kIncorrect, "lost"));
  const std::vector<double> unsure = noisy(1e6, 0.3, 30, random_);
  const Comparison comparison =
      compare(side_of("base", {cell_of("a", times(1e6)), cell_of("b", times(1e6)), cell_of("c", times(1e6)),
                               cell_of("d", times(1e6)), cell_of("e", unsure), cell_of("broken", times(1e6))}),
              side_of("head", {cell_of("a", times(2e6)), cell_of("b", times(2e6)), cell_of("c", times(0.5e6)),
                               cell_of("d", times(1e6)), cell_of("e", noisy(1e6, 0.3, 30, random_)), broken}),
              {});
  const Tally sum = tally(comparison);
  EXPECT_EQ(sum.slower, 2u);
  EXPECT_EQ(sum.faster, 1u);
  EXPECT_EQ(sum.same, 1u);
  EXPECT_EQ(sum.inconclusive, 1u);
  EXPECT_EQ(sum.failed, 1u);
}

}  // namespace
}  // namespace writebench::gate
