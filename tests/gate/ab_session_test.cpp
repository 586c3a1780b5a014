#include "gate/ab_session.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "tests/gate/fake_side.hpp"
#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

using engine::Outcome;
using engine::Sample;
using tests::Fake;
using Stage = AbObserver::Stage;

// Looked at after 20 pairs and after all of them.
const AbPlan kSixty{.looks = {.pairs = 60}};

struct Event {
  Stage stage;
  std::size_t pair, of, cells;
};

class Listener final : public AbObserver {
 public:
  void round_begins(Stage stage, std::size_t pair, std::size_t of, std::size_t cells) override {
    events.push_back({stage, pair, of, cells});
  }
  std::size_t count(Stage stage) const {
    return static_cast<std::size_t>(
        std::count_if(events.begin(), events.end(), [&](const Event& event) { return event.stage == stage; }));
  }
  std::vector<Event> events;
};

AbResult run(Fake& base, Fake& head, AbPlan plan, AbObserver& observer) {
  plan.now = tests::clock_of(base, head);
  return ab_session(base.side(), head.side(), ComparisonSettings{}, plan, observer);
}

AbResult run(Fake& base, Fake& head, const AbPlan& plan = {}) {
  AbObserver nobody;
  return run(base, head, plan, nobody);
}

AbResult run(Fake&& base, Fake&& head, const AbPlan& plan = {}) { return run(base, head, plan); }

const ComparedCell& only_cell(const AbResult& result) { return result.comparison.cells.at(0); }
PairVerdict verdict_of(const AbResult& result) { return only_cell(result).judgement.verdict; }

const engine::Cell& cell_in(const reports::Report& report, const std::string& id) {
  for (const engine::Cell& cell : report.cells) {
    if (cell.id == id) return cell;
  }
  throw std::out_of_range(id);
}

TEST(AbSession, OfAProgramWithItselfNeverFindsItSlower) {
  std::map<PairVerdict, int> verdicts;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    ++verdicts[verdict_of(run(Fake(2 * seed, 0.05), Fake(2 * seed + 1, 0.05), {.seed = seed}))];
  }
  EXPECT_EQ(verdicts[PairVerdict::kSlower], 0);
  EXPECT_EQ(verdicts[PairVerdict::kFaster], 0);
  EXPECT_GE(verdicts[PairVerdict::kSame], 150) << "and is not just silent";
}

TEST(AbSession, FindsATenthNineTimesOfTen) {
  int slower = 0;
  int faster = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    slower +=
        verdict_of(run(Fake(2 * seed, 0.035), Fake(2 * seed + 1, 0.035, 1.1), {.seed = seed})) == PairVerdict::kSlower;
    faster +=
        verdict_of(run(Fake(2 * seed, 0.035), Fake(2 * seed + 1, 0.035, 0.9), {.seed = seed})) == PairVerdict::kFaster;
  }
  EXPECT_GE(slower, 90);
  EXPECT_GE(faster, 90);
}

TEST(AbSession, TakesMorePairsWhereTheNoiseHidesATenth) {
  int slower = 0;
  std::size_t pairs = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const AbResult result = run(Fake(2 * seed, 0.1), Fake(2 * seed + 1, 0.1, 1.1), {.seed = seed});
    slower += verdict_of(result) == PairVerdict::kSlower;
    pairs += only_cell(result).size;
  }
  EXPECT_GE(slower, 45);
  EXPECT_GT(pairs / 50, 180u);
}

TEST(AbSession, ACellThatTakesLongEndsAtAnEarlierLook) {
  // Noise without end: no verdict ends it early.
  Fake base(1, 1);
  Fake head(2, 1);
  EXPECT_EQ(only_cell(run(base, head, {.looks = {.time = std::chrono::nanoseconds(0)}})).size, 60u);
  EXPECT_EQ(only_cell(run(base, head, {.looks = {.time = std::nullopt}})).size, 540u);
  // What takes long is known by the clock of the session.
  const InterimLooks looks{.time = std::chrono::milliseconds(100)};
  EXPECT_EQ(only_cell(run(Fake(1, 1, 0.01), Fake(2, 1, 0.01), {.looks = looks})).size, 540u);
  EXPECT_EQ(only_cell(run(Fake(1, 1, 100), Fake(2, 1, 100), {.looks = looks})).size, 60u);
}

TEST(AbSession, ItsBudgetEndsItWithALastLook) {
  Fake base(1, 0.1);
  Fake head(2, 0.1);
  const AbResult result = run(base, head, {.looks = {.pairs = 540}, .budget = std::chrono::milliseconds(30)});
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.comparison.cells.size(), 1u);
  EXPECT_GE(only_cell(result).size, 9u) << "three trials of about 1 ms make a pair";
  EXPECT_LE(only_cell(result).size, 12u);
}

TEST(AbSession, TimesEveryAppendOnlyIfTheMetricIsTheStall) {
  for (const Metric& metric : metrics()) {
    Fake base(1, 0.001);
    Fake head(2, 0.001);
    AbObserver nobody;
    ComparisonSettings settings;
    settings.metric = &metric;
    ab_session(base.side(), head.side(), settings, {.looks = {.pairs = 6}}, nobody);
    for (const Fake* side : {&base, &head}) {
      for (const auto& asked : side->asked()) EXPECT_EQ(asked.observe, metric.observed()) << metric.name;
    }
  }
}

TEST(AbSession, TakesEachOfTheSixOrdersEquallyOften) {
  // Noise without end: no verdict ends it early.
  const AbResult result = run(Fake(1, 1), Fake(2, 1), {.looks = {.pairs = 24}});
  std::map<std::vector<int>, int> orders;
  for (std::size_t i = 0; i < 24; ++i) {
    orders[{cell_in(result.base, "sync").samples.at(i).position, cell_in(result.head, "sync").samples.at(i).position,
            cell_in(result.base, "sync#2").samples.at(i).position}]++;
  }
  EXPECT_EQ(orders.size(), 6u);
  for (const auto& [order, times] : orders) EXPECT_EQ(times, 4);
}

TEST(AbSession, RunsTheThreeTrialsOfACellOneAfterTheOther) {
  const std::vector<std::string> ids{"a", "b", "c"};
  const AbResult result = run(Fake(1, 1, 1, ids), Fake(2, 1, 1, ids), {.looks = {.pairs = 8}});
  std::map<int, int> first_cell;
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const engine::Cell& base = cell_in(result.base, ids[i]);
    const engine::Cell& head = cell_in(result.head, ids[i]);
    const engine::Cell& twin = cell_in(result.base, ids[i] + "#2");
    ASSERT_EQ(base.samples.size(), 8u);
    for (std::size_t round = 0; round < 8; ++round) {
      std::vector<int> places{base.samples[round].position, head.samples[round].position, twin.samples[round].position};
      std::sort(places.begin(), places.end());
      EXPECT_EQ(places[0] % 3, 0);
      EXPECT_EQ(places[2] - places[0], 2);
      EXPECT_EQ(base.samples[round].round, static_cast<int>(round));
      if (places[0] == 0) ++first_cell[static_cast<int>(i)];
    }
  }
  EXPECT_GE(first_cell.size(), 2u) << "the order of the cells is shuffled";
}

TEST(AbSession, ASeedRepeatsTheOrder) {
  const std::vector<std::string> ids{"a", "b", "c"};
  const auto positions = [&](std::uint64_t seed) {
    const AbResult result = run(Fake(1, 1, 1, ids), Fake(2, 1, 1, ids), {.looks = {.pairs = 8}, .seed = seed});
    std::vector<int> found;
    for (const engine::Cell& cell : result.base.cells) {
      for (const Sample& sample : cell.samples) found.push_back(sample.position);
    }
    return found;
  };
  EXPECT_EQ(positions(5), positions(5));
  EXPECT_NE(positions(5), positions(6));
}

TEST(AbSession, StopsAtTheLookThatDecides) {
  Fake base(1, 0.001);
  Fake head(2, 0.001);
  const AbResult result = run(base, head, kSixty);
  EXPECT_EQ(verdict_of(result), PairVerdict::kSame);
  EXPECT_EQ(only_cell(result).size, 20u);
  EXPECT_EQ(head.trials("sync"), 1 + 20);
  EXPECT_EQ(base.trials("sync"), 1 + 40) << "the base is its own twin too";
  EXPECT_TRUE(result.complete);
}

TEST(AbSession, GoesOnWithTheCellsThatAreNotDecided) {
  const std::vector<std::string> ids{"clear", "unclear"};
  const auto unclear = [](const std::string& id, int number, Sample& sample) {
    if (id == "unclear" && number % 2 == 0) *sample.drained_ns *= 2;
  };
  Fake base(1, 0.001, 1, ids);
  Fake head(2, 0.001, 1, ids);
  head.changing(unclear);
  Listener listener;
  const AbResult result = run(base, head, kSixty, listener);
  EXPECT_EQ(head.trials("clear"), 1 + 20);
  EXPECT_EQ(head.trials("unclear"), 1 + 60);
  EXPECT_EQ(result.comparison.cells.at(0).judgement.verdict, PairVerdict::kSame);
  EXPECT_EQ(result.comparison.cells.at(1).judgement.verdict, PairVerdict::kInconclusive);
  EXPECT_EQ(listener.count(Stage::kWarmUp), 1u);
  EXPECT_EQ(listener.count(Stage::kPairs), 60u);
  EXPECT_EQ(listener.count(Stage::kConfirm), 0u);
  EXPECT_EQ(listener.events.at(20).cells, 2u);
  EXPECT_EQ(listener.events.at(21).cells, 1u);
  EXPECT_EQ(listener.events.back().pair, 60u);
  EXPECT_EQ(listener.events.back().of, 60u);
}

TEST(AbSession, MeasuresAgainWhatLooksSlower) {
  Fake base(1, 0.001);
  Fake head(2, 0.001, 1.2);
  Listener listener;
  const AbResult result = run(base, head, kSixty, listener);
  EXPECT_EQ(verdict_of(result), PairVerdict::kSlower);
  EXPECT_EQ(listener.count(Stage::kPairs), 20u);
  EXPECT_EQ(listener.count(Stage::kConfirm), 20u);
  EXPECT_EQ(only_cell(result).size, 20u) << "the fresh ones alone";
  EXPECT_TRUE(only_cell(result).reason.ends_with("in the first 20 pairs, confirmed by 20 fresh ones"))
      << only_cell(result).reason;
  EXPECT_EQ(cell_in(result.head, "sync").samples.size(), 40u) << "the report has them all";
  EXPECT_EQ(cell_in(result.base, "sync#2").samples.size(), 40u);
}

TEST(AbSession, DoesNotMeasureAgainWhatIsFaster) {
  Fake base(1, 0.001);
  Fake head(2, 0.001, 0.8);
  EXPECT_EQ(verdict_of(run(base, head, kSixty)), PairVerdict::kFaster);
  EXPECT_EQ(head.trials("sync"), 1 + 20);
}

TEST(AbSession, TakesBackWhatTheFreshPairsDoNotShow) {
  Fake base(1, 0.001);
  Fake head(2, 0.001);
  head.changing([](const std::string&, int number, Sample& sample) {
    if (number <= 20) *sample.drained_ns *= 2;  // the warm-up, and all pairs of the first look
  });
  const AbResult result = run(base, head, kSixty);
  EXPECT_EQ(verdict_of(result), PairVerdict::kInconclusive);
  EXPECT_TRUE(only_cell(result).reason.ends_with("not confirmed by 20 fresh ones")) << only_cell(result).reason;
}

TEST(AbSession, WarmUpsLeaveNoSample) {
  Fake base(1, 0.001);
  Fake head(2, 0.001);
  head.changing([](const std::string&, int number, Sample& sample) {
    if (number < 3) *sample.drained_ns *= 1000;
  });
  const AbResult result = run(base, head, {.looks = kSixty.looks, .warm_ups = 3});
  EXPECT_EQ(verdict_of(result), PairVerdict::kSame);
  EXPECT_EQ(cell_in(result.head, "sync").warm_up_trials, 3u);
  EXPECT_EQ(cell_in(result.head, "sync").samples.size(), 20u);
}

TEST(AbSession, NamesACellThatFailsAndGivesItNoFurtherTrial) {
  const std::vector<std::string> ids{"sync", "buffered"};
  for (const int fails_at : {0, 5}) {
    Fake base(1, 0.001, 1, ids);
    Fake head(2, 0.001, 1, ids);
    head.changing([&](const std::string& id, int number, Sample& sample) {
      if (id == "buffered" && number == fails_at) sample = tests::failed_sample(Outcome::kIncorrect, "1 line lost");
    });
    const AbResult result = run(base, head, {.looks = {.pairs = 30}});
    EXPECT_EQ(head.trials("buffered"), fails_at + 1);
    ASSERT_EQ(result.comparison.cells.size(), 1u);
    EXPECT_EQ(only_cell(result).id, "sync");
    ASSERT_EQ(result.comparison.not_compared.size(), 1u);
    EXPECT_EQ(result.comparison.not_compared[0].id, "buffered");
    EXPECT_EQ(result.comparison.not_compared[0].reason, "in the head: incorrect: 1 line lost");
    EXPECT_TRUE(result.comparison.not_compared[0].failed);
  }
}

TEST(AbSession, WhatFailsWhileItIsConfirmedHasFailed) {
  Fake base(1, 0.001);
  Fake head(2, 0.001, 1.5);
  head.changing([](const std::string&, int number, Sample& sample) {
    if (number == 30) sample = tests::failed_sample(Outcome::kFailed, "gave up");
  });
  const AbResult result = run(base, head, kSixty);
  EXPECT_TRUE(result.comparison.cells.empty());
  ASSERT_EQ(result.comparison.not_compared.size(), 1u);
  EXPECT_EQ(result.comparison.not_compared[0].reason, "in the head: failed: gave up");
  EXPECT_TRUE(result.comparison.not_compared[0].failed);
  EXPECT_EQ(cell_in(result.head, "sync").status, Outcome::kFailed);
}

TEST(AbSession, AFailureOfTheTwinIsOneOfTheBase) {
  Fake base(1, 0.001);
  Fake head(2, 0.001);
  base.changing([](const std::string&, int number, Sample& sample) {
    if (number > 0 && number % 7 == 0) sample = tests::failed_sample(Outcome::kFailed, "gave up");
  });
  const AbResult result = run(base, head, {.looks = {.pairs = 30}});
  ASSERT_EQ(result.comparison.not_compared.size(), 1u);
  EXPECT_EQ(result.comparison.not_compared[0].id, "sync");
  EXPECT_EQ(result.comparison.not_compared[0].reason, "in the base: failed: gave up");
}

TEST(AbSession, AnInterruptionLeavesNoVerdict) {
  for (const int interrupted_at : {0, 1, 25, 45}) {
    Fake base(1, 0.001);
    Fake head(2, 0.001, 1.5);
    head.interrupted_at(interrupted_at);
    const AbResult result = run(base, head, {.looks = {.pairs = 30}});
    EXPECT_FALSE(result.complete);
    EXPECT_FALSE(result.base.complete);
    EXPECT_FALSE(result.head.complete);
    for (const ComparedCell& cell : result.comparison.cells) {
      EXPECT_EQ(cell.judgement.verdict, PairVerdict::kInconclusive);
      EXPECT_EQ(cell.reason, "interrupted");
    }
    EXPECT_EQ(tally(result.comparison).slower, 0u);
    EXPECT_EQ(cell_in(result.head, "sync").samples.size(), static_cast<std::size_t>(std::max(0, interrupted_at - 1)))
        << "but every trial that was measured, those of the confirmation too";
  }
}

TEST(AbSession, WithoutABudgetNothingIsInferred) {
  const AbResult result = run(Fake(1, 0.001), Fake(2, 0.001, 2), {.budget = std::chrono::nanoseconds(0)});
  EXPECT_TRUE(result.comparison.cells.empty());
  EXPECT_EQ(result.comparison.not_compared.size(), 1u);
}

TEST(AbSession, MeasuresWhatBothSidesHaveAndNamesTheRest) {
  Fake base(1, 0.001, 1, {"sync", "gone"});
  Fake head(2, 0.001, 1, {"sync", "fresh"});
  const AbResult result = run(base, head, kSixty);
  EXPECT_EQ(result.comparison.cells.size(), 1u);
  ASSERT_EQ(result.comparison.not_compared.size(), 2u);
  EXPECT_EQ(result.comparison.not_compared[0].id, "fresh");
  EXPECT_EQ(result.comparison.not_compared[1].id, "gone");
  EXPECT_EQ(base.trials("gone") + head.trials("fresh"), 0);
}

TEST(AbSession, MeasuresNoControlAndNoTwinButItsOwn) {
  const std::vector<std::string> ids{"null", "sync", "sync#2"};
  Fake base(1, 0.001, 1, ids);
  Fake head(2, 0.001, 1, ids);
  const AbResult result = run(base, head, kSixty);
  EXPECT_EQ(base.trials("null") + head.trials("null") + base.trials("sync#2") + head.trials("sync#2"), 0);
  EXPECT_EQ(result.comparison.cells.size(), 1u);
  EXPECT_TRUE(result.comparison.not_compared.empty());
  EXPECT_EQ(result.base.cells.size(), 2u);
}

TEST(AbSession, BothReportsAreSidesOfOneSession) {
  const AbResult result = run(Fake(1, 0.001), Fake(2, 0.001), {.looks = {.pairs = 6}});
  ASSERT_TRUE(result.base.pairing && result.head.pairing);
  EXPECT_EQ(result.base.pairing->id, result.head.pairing->id);
  EXPECT_EQ(result.base.pairing->side, "base");
  EXPECT_EQ(result.head.pairing->side, "head");
  EXPECT_NE(run(Fake(1, 0.001), Fake(2, 0.001), {.looks = {.pairs = 6}}).base.pairing->id, result.base.pairing->id);
}

}  // namespace
}  // namespace writebench::gate
