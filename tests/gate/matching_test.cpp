#include "gate/matching.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "tests/gate/made_up.hpp"

namespace writebench::gate {
namespace {

using engine::Cell;
using engine::Outcome;
using tests::cell_of;
using tests::failed_sample;
using tests::report_of;

Cell measured(std::string_view name) { return cell_of(name, {100, 101}); }

Cell changed(Cell cell, const std::function<void(Cell&)>& change) {
  change(cell);
  return cell;
}

Cell failing(std::string_view name, Outcome outcome, const char* detail) {
  return changed(cell_of(name), [&](Cell& cell) { cell.add(failed_sample(outcome, detail)); });
}

Matching match_of(std::vector<Cell> base_cells, std::vector<Cell> head_cells) {
  // The pointers of a matching are into the reports, which have to outlive it.
  static reports::Report base;
  static reports::Report head;
  base = report_of(std::move(base_cells));
  head = report_of(std::move(head_cells));
  return match(base, head);
}

TEST(Matching, PairsTheCellsOfOneStrategyInTheOrderOfTheHead) {
  const Matching matching =
      match_of({measured("sync"), measured("buffered")}, {measured("buffered"), measured("sync")});
  ASSERT_EQ(matching.matches.size(), 2u);
  EXPECT_EQ(matching.matches[0].head->id, "buffered");
  EXPECT_EQ(matching.matches[0].base->id, "buffered");
  EXPECT_EQ(matching.matches[1].head->id, "sync");
  EXPECT_EQ(matching.matches[1].base->id, "sync");
  EXPECT_EQ(matching.matches[0].twin, nullptr);
  EXPECT_TRUE(matching.rest.empty());
}

TEST(Matching, GoesByTheWorkAndNotByTheId) {
  const auto with_lines = [](std::uint64_t lines, const char* id) {
    return changed(measured("sync"), [&](Cell& cell) {
      cell.id = id;
      cell.parameters.lines = lines;
    });
  };
  // A sweep in the head calls the same cell after its lines.
  const Matching matching =
      match_of({with_lines(1000, "sync")}, {with_lines(500, "sync lines=500"), with_lines(1000, "sync lines=1000")});
  ASSERT_EQ(matching.matches.size(), 1u);
  EXPECT_EQ(matching.matches[0].head->id, "sync lines=1000");
  ASSERT_EQ(matching.rest.size(), 1u);
  EXPECT_EQ(matching.rest[0].id, "sync lines=500");
  EXPECT_EQ(matching.rest[0].reason, "is not in the base");
}

TEST(Matching, WhatIsUnlikeIsNamedWithBothValues) {
  const struct {
    const char* reason;
    std::function<void(Cell&)> change;
  } kUnlike[] = {
      {"contract.order is global in the base and none in the head",
       [](Cell& cell) { cell.strategy.contract.order = Order::kNone; }},
      {"durability is none in the base and close in the head",
       [](Cell& cell) { cell.parameters.durability.kind = Durability::Kind::kClose; }},
      {"lines is 1000 in the base and 999 in the head", [](Cell& cell) { cell.parameters.lines = 999; }},
      {"lines_kind is counter in the base and replayed in the head",
       [](Cell& cell) { cell.workload.lines_kind = "replayed"; }},
      {"line_content is as their kind says in the base and random in the head",
       [](Cell& cell) { cell.workload.random_bytes = true; }},
      {"min_line_bytes is none in the base and 20 in the head", [](Cell& cell) { cell.workload.min_line_bytes = 20; }},
      {"max_line_bytes is none in the base and 30 in the head", [](Cell& cell) { cell.workload.max_line_bytes = 30; }},
      {"bytes is 8890 in the base and 8891 in the head", [](Cell& cell) { ++cell.bytes; }},
      {"think_ns is 0 in the base and 50 in the head",
       [](Cell& cell) { cell.workload.pace.think = std::chrono::nanoseconds(50); }},
      {"due_lines_per_second is 0 in the base and 9.5 in the head",
       [](Cell& cell) { cell.workload.pace.lines_per_second = 9.5; }},
      {"burst_lines is 1 in the base and 3 in the head", [](Cell& cell) { cell.workload.pace.burst_lines = 3; }},
      {"file_state is new in the base and overwrite in the head",
       [](Cell& cell) { cell.workload.file_state = engine::FileState::kOverwrite; }},
      {"caches is warm in the base and cold in the head", [](Cell& cell) { cell.workload.cold_caches = true; }},
      {"preallocation is none in the base and size in the head",
       [](Cell& cell) { cell.workload.preallocation = engine::Preallocation::kSize; }},
  };
  for (const auto& unlike : kUnlike) {
    const Matching matching = match_of({measured("sync")}, {changed(measured("sync"), unlike.change)});
    EXPECT_TRUE(matching.matches.empty()) << unlike.reason;
    ASSERT_EQ(matching.rest.size(), 1u) << unlike.reason;
    EXPECT_EQ(matching.rest[0].id, "sync");
    EXPECT_EQ(matching.rest[0].reason, unlike.reason);
    EXPECT_FALSE(matching.rest[0].failed);
  }
}

TEST(Matching, AnOptionCountsIfEitherSideHasIt) {
  for (const Option* option : kSharedOptions) {
    Cell base = measured("buffered");
    Cell head = base;
    base.parameters.set(*option, 2);
    EXPECT_EQ(match_of({base}, {head}).rest.at(0).reason,
              std::string(option->key) + " is 2 in the base and none in the head");
    EXPECT_EQ(match_of({head}, {base}).rest.at(0).reason,
              std::string(option->key) + " is none in the base and 2 in the head");
    head.parameters.set(*option, 3);
    EXPECT_EQ(match_of({base}, {head}).rest.at(0).reason,
              std::string(option->key) + " is 2 in the base and 3 in the head");
    head.parameters.set(*option, 2);
    EXPECT_EQ(match_of({base}, {head}).matches.size(), 1u);
  }
}

TEST(Matching, ATwinOfTheBaseIsACompanionAndNoCell) {
  Cell twin = measured("sync");
  twin.id = "sync#2";
  twin.twin_of = "sync";
  const Matching matching = match_of({measured("sync"), twin}, {measured("sync"), twin});
  ASSERT_EQ(matching.matches.size(), 1u);
  EXPECT_EQ(matching.matches[0].base->id, "sync");
  ASSERT_NE(matching.matches[0].twin, nullptr);
  EXPECT_EQ(matching.matches[0].twin->id, "sync#2");
  EXPECT_TRUE(matching.rest.empty());
}

TEST(Matching, TheControlsAreLeftOutInSilence) {
  const Cell control = changed(measured("null"), [](Cell& cell) { cell.strategy.role = Role::kControl; });
  const Matching matching = match_of({control, measured("sync")}, {measured("sync"), control});
  EXPECT_EQ(matching.matches.size(), 1u);
  EXPECT_TRUE(matching.rest.empty());
  EXPECT_TRUE(match_of({control}, {}).rest.empty());
}

TEST(Matching, WhatFailsInTheHeadAloneHasGotWorse) {
  const Matching matching =
      match_of({measured("sync")}, {failing("sync", Outcome::kIncorrect, "1 line lost, line 5 (byte 35)")});
  ASSERT_EQ(matching.rest.size(), 1u);
  EXPECT_EQ(matching.rest[0].reason, "in the head: incorrect: 1 line lost, line 5 (byte 35)");
  EXPECT_TRUE(matching.rest[0].failed);
}

TEST(Matching, WhatFailsInTheHeadBeforeTheBaseIsMeasuredIsAFailureOfTheHead) {
  const Matching matching = match_of({cell_of("sync")}, {failing("sync", Outcome::kFailed, "gave up")});
  ASSERT_EQ(matching.rest.size(), 1u);
  EXPECT_EQ(matching.rest[0].reason, "in the head: failed: gave up");
  EXPECT_TRUE(matching.rest[0].failed);
}

TEST(Matching, WhatFailsInTheBaseHasNot) {
  const Cell bad = failing("sync", Outcome::kTimeout, "killed after 300 ms");
  for (const Cell& head : {measured("sync"), bad}) {
    const Matching matching = match_of({bad}, {head});
    ASSERT_EQ(matching.rest.size(), 1u);
    EXPECT_EQ(matching.rest[0].reason, "in the base: timeout: killed after 300 ms");
    EXPECT_FALSE(matching.rest[0].failed);
    EXPECT_TRUE(matching.rest[0].broken);
  }
}

TEST(Matching, WhatIsUnavailableOnBothSidesIsNotBroken) {
  const Cell never = failing("sync", Outcome::kUnavailable, "needs a kernel of next year");
  EXPECT_FALSE(match_of({never}, {never}).rest.at(0).broken);
  EXPECT_TRUE(match_of({measured("sync")}, {never}).rest.at(0).broken);
  EXPECT_FALSE(match_of({measured("sync")}, {}).rest.at(0).broken) << "nobody asked for it";
}

TEST(Matching, WhatWasNotMeasuredIsSaid) {
  const Matching matching = match_of({measured("sync")}, {cell_of("sync")});
  ASSERT_EQ(matching.rest.size(), 1u);
  EXPECT_EQ(matching.rest[0].reason, "in the head: was not measured");
  EXPECT_TRUE(matching.rest[0].failed);
}

TEST(Matching, WhatIsOnOneSideOnlyIsNamedOnce) {
  const Matching matching =
      match_of({measured("sync"), measured("gone"), cell_of("never")}, {measured("sync"), measured("fresh")});
  ASSERT_EQ(matching.rest.size(), 3u);
  EXPECT_EQ(matching.rest[0].id, "fresh");
  EXPECT_EQ(matching.rest[0].reason, "is not in the base");
  EXPECT_FALSE(matching.rest[0].failed);
  EXPECT_EQ(matching.rest[1].id, "gone");
  EXPECT_EQ(matching.rest[1].reason, "is not in the head");
  EXPECT_TRUE(matching.rest[1].failed) << "the base could do it";
  EXPECT_EQ(matching.rest[2].id, "never");
  EXPECT_FALSE(matching.rest[2].failed);
}

}  // namespace
}  // namespace writebench::gate
