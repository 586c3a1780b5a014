// What the ledger says of every strategy, at its regular end and if it is killed.
#include "engine/trial/ledger.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "crash/judge.hpp"
#include "crash/measure.hpp"
#include "crash/process_deaths.hpp"
#include "engine/lines/numbered_lines.hpp"
#include "tests/strategies/cell_parameters.hpp"
#include "tests/strategies/contract.hpp"

namespace writebench::tests {
namespace {

using std::chrono::nanoseconds;

class LedgerOf : public ForEachSubject {
 protected:
  void SetUp() override { skip_if_unavailable(); }

  // A trial in a child, and what its ledger holds then.
  engine::Ledger ledger_of(const CellParameters& parameters, const engine::Workload& workload = {}) {
    const engine::NumberedLines content(parameters.lines);
    const Parameters given = parameters.of(strategy());
    const TrialFilesOf files(scratch_, strategy(), given);
    engine::SharedLedger shared(parameters.lines, files.paths().size());
    const auto result = engine::run_trial({.strategy = strategy(),
                                           .parameters = given,
                                           .workload = workload,
                                           .content = content,
                                           .files = files,
                                           .ledger = &shared});
    EXPECT_EQ(result->sample.outcome, engine::Outcome::kOk) << result->sample.detail;
    const engine::Ledger ledger = shared.read();
    const std::vector<std::string> bytes = crash::read_files(files.paths());
    loss_ = crash::judge({.content = content,
                          .contract = strategy().contract,
                          .writers = given.writers(),
                          .ledger = ledger,
                          .files = bytes,
                          .at_ns = ledger.clock_off_ns});
    files.remove();
    return ledger;
  }

  static std::uint64_t bytes(const std::vector<engine::Ledger::Write>& writes) {
    std::uint64_t sum = 0;
    for (const auto& write : writes) sum += write.bytes;
    return sum;
  }

  reports::Loss loss_;
};

TEST_P(LedgerOf, HoldsEveryLineAndEveryByteAtTheRegularEnd) {
  constexpr std::uint64_t kAllLines = 3001;
  const engine::Ledger ledger = ledger_of({.lines = kAllLines, .writers = 4, .processes = 4});
  EXPECT_FALSE(ledger.overflowed);
  EXPECT_GT(ledger.clock_on_ns, 0);
  for (const std::int64_t returned_ns : ledger.lines) {
    EXPECT_GE(returned_ns, ledger.clock_on_ns);
    EXPECT_LE(returned_ns, ledger.clock_off_ns);
  }
  const std::uint64_t total = engine::NumberedLines(kAllLines).offset_bytes(kAllLines);
  EXPECT_GE(bytes(ledger.writes), total);
  EXPECT_LT(bytes(ledger.writes), total + std::max<std::size_t>(1, GetParam().alignment_bytes)) << "with padding";
  EXPECT_TRUE(std::is_sorted(ledger.writes.begin(), ledger.writes.end(),
                             [](const auto& a, const auto& b) { return a.completed_ns < b.completed_ns; }));
  EXPECT_EQ(loss_.submitted_lines, kAllLines);
  EXPECT_EQ(loss_.kept_lines, kAllLines);
  EXPECT_EQ(loss_.lost_lines, 0u);
  EXPECT_TRUE(loss_.faults.empty());
}

TEST_P(LedgerOf, HoldsASyncThatCoversAllIfTheEndIsDurable) {
  const engine::Ledger ledger =
      ledger_of({.lines = 501, .writers = 3, .processes = 3, .durability = {.kind = Durability::Kind::kClose}});
  EXPECT_EQ(loss_.durable_bytes, loss_.drained_bytes);
  for (const auto& sync : ledger.syncs) EXPECT_LE(sync.began_ns, sync.returned_ns);
}

TEST_P(LedgerOf, HoldsThePaceToo) {
  const engine::Ledger ledger =
      ledger_of({.lines = 21, .writers = 2, .processes = 2}, {.pace = {.lines_per_second = 2000, .burst_lines = 5}});
  EXPECT_EQ(std::count(ledger.lines.begin(), ledger.lines.end(), 0), 0);
}

// Kills it at moments spread over its running time.
TEST_P(LedgerOf, ShowsThatADeathTakesNoMoreThanTheOptionsAllow) {
  for (const Durability& durability : {Durability{}, Durability{.kind = Durability::Kind::kLine}}) {
    const bool each_line = durability.kind == Durability::Kind::kLine;
    if (each_line && !strategy().contract.each_line_durable) continue;
    const std::uint64_t lines = each_line ? 200 : 20'000;
    engine::CellSpec cell;
    cell.id = strategy().name;
    cell.strategy = engine::StrategyTraits(strategy());
    cell.parameters = CellParameters{.lines = lines,
                                     .writers = 3,
                                     .buffer_bytes = 4096,
                                     .queue_depth = 50,
                                     .processes = 3,
                                     .durability = durability}
                          .of(strategy());
    const auto content = std::make_shared<engine::NumberedLines>(lines);
    crash::ProcessDeaths deaths(scratch_.path(), std::chrono::minutes(1), {{cell.id, {strategy(), content}}});
    const auto whole = deaths.run(cell, std::nullopt, {});
    ASSERT_EQ(whole->failure, "");
    ASSERT_FALSE(whole->died);
    EXPECT_EQ(whole->loss.lost_lines, 0u);
    const auto bound = crash::bound_bytes(strategy(), cell, content->longest_line_bytes(), whole->file_block_bytes);
    constexpr int kDeaths = 6;
    for (int i = 0; i < kDeaths; ++i) {
      const auto ending = deaths.run(cell, nanoseconds(whole->running_ns * i / kDeaths), {});
      ASSERT_EQ(ending->failure, "");
      EXPECT_TRUE(ending->loss.faults.empty()) << ending->loss.faults.front().example;
      if (bound) {
        EXPECT_LE(ending->loss.lost_bytes, *bound);
      }
      if (each_line) {
        EXPECT_EQ(ending->loss.lost_lines, 0u);
      }
    }
  }
}

// A control takes no line one by one.
INSTANTIATE_TEST_SUITE_P(Each, LedgerOf, testing::ValuesIn(subjects([](const Subject& subject) {
                           return subject.writes() && subject.strategy.role != Role::kControl;
                         })),
                         subject_name);

}  // namespace
}  // namespace writebench::tests
