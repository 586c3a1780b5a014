#include "crash/machine_deaths.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "strategies/table.hpp"
#include "tests/crash/simulated_machine.hpp"
#include "tests/strategies/faulty.hpp"

namespace writebench::crash {
namespace {

using reports::Fault;
using reports::Loss;
using std::chrono::nanoseconds;

constexpr std::uint64_t kWrittenLines = 3000;
constexpr std::uint64_t kSyncedLines = 200;

class MachineDeathsOf : public testing::Test {
 protected:
  void SetUp() override { SKIP_WITHOUT_SIMULATED_MACHINE(); }

  void make(const Descriptor& strategy, Durability durability, std::uint64_t lines = kWrittenLines,
            nanoseconds timeout = std::chrono::minutes(1)) {
    cell_.id = strategy.name;
    cell_.strategy = engine::StrategyTraits(strategy);
    cell_.parameters.lines = lines;
    cell_.parameters.durability = durability;
    for (const Option* option : strategy.options) cell_.parameters.set(*option, option->usual);
    const auto content = std::make_shared<engine::NumberedLines>(lines);
    deaths_.emplace(timeout, engine::ForkRunner::Runnables{{cell_.id, {strategy, content}}}, 7, std::uint64_t{1} << 20,
                    10);
  }

  // Lets it die at moments spread over the time that it ran, and over that after it. The first death is at the start.
  std::vector<Loss> losses(int deaths = 30) {
    const auto whole = deaths_->run(cell_, std::nullopt, {});
    EXPECT_EQ(whole->failure, "");
    EXPECT_FALSE(whole->died);
    EXPECT_TRUE(whole->new_trial);
    EXPECT_EQ(whole->loss.kept_lines, cell_.parameters.lines);
    EXPECT_TRUE(whole->loss.faults.empty());
    std::vector<Loss> losses;
    for (int i = 0; i < deaths; ++i) {
      const auto ending = deaths_->run(cell_, nanoseconds(whole->running_ns * i / deaths), {});
      EXPECT_EQ(ending->failure, "");
      trials_ += ending->new_trial;
      if (ending->died) losses.push_back(ending->loss);
    }
    return losses;
  }

  static bool has(const std::vector<Loss>& losses, Fault fault) {
    return std::any_of(losses.begin(), losses.end(), [&](const Loss& loss) {
      return std::any_of(loss.faults.begin(), loss.faults.end(),
                         [&](const auto& count) { return count.fault == fault; });
    });
  }

  engine::CellSpec cell_;
  std::optional<MachineDeaths> deaths_;
  int trials_ = 0;
};

TEST_F(MachineDeathsOf, LoseNoLineThatWasSynced) {
  for (const char* const name : {"sync", "write-per-line", "double-buffered", "pwrite-parallel"}) {
    make(*strategies::find(name), {.kind = Durability::Kind::kLine}, kSyncedLines);
    const std::vector<Loss> of_all = losses();
    ASSERT_GE(of_all.size(), 20u);
    for (const Loss& loss : of_all) {
      EXPECT_EQ(loss.lost_lines, 0u) << name;
      EXPECT_TRUE(loss.faults.empty()) << name << ": " << loss.faults.front().example;
    }
    EXPECT_GT(of_all.back().kept_lines, of_all.front().kept_lines) << "and they are there in the end";
  }
}

TEST_F(MachineDeathsOf, LoseNothingAtAllAfterTheEndIfThatIsDurable) {
  make(*strategies::find("write-per-line"), {.kind = Durability::Kind::kClose});
  const std::vector<Loss> of_all = losses();
  EXPECT_FALSE(has(of_all, Fault::kDurableLost));
  ASSERT_FALSE(of_all.empty());
  EXPECT_EQ(of_all.back().durable_bytes, of_all.back().drained_bytes) << "it lies after the end";
  EXPECT_EQ(of_all.back().kept_lines, kWrittenLines);
}

TEST_F(MachineDeathsOf, LoseWhatWasNeitherSyncedNorWrittenBack) {
  make(*strategies::find("write-per-line"), {});
  const std::vector<Loss> of_all = losses();
  EXPECT_TRUE(std::all_of(of_all.begin(), of_all.end(), [](const Loss& loss) { return loss.faults.empty(); }));
  EXPECT_GT(of_all.back().lost_lines, 0u) << "the kernel had it, and the kernel is gone";
  EXPECT_GT(of_all.back().lost_ns, 0);
}

TEST_F(MachineDeathsOf, FindAStrategyThatClaimsToHaveSynced) {
  make(tests::faulty("claims-synced"), {});
  EXPECT_TRUE(has(losses(), Fault::kDurableLost));
  make(tests::faulty("claims-synced"), {.kind = Durability::Kind::kLine});
  EXPECT_TRUE(has(losses(), Fault::kDurableLost));
}

TEST_F(MachineDeathsOf, ShareATrialAndNotForEver) {
  make(*strategies::find("sync-buffered"), {});
  losses(50);
  EXPECT_GE(trials_, 1);
  EXPECT_LE(trials_, 5);
}

TEST_F(MachineDeathsOf, AreAFailureIfTheTrialFails) {
  make(tests::faulty("throws"), {});
  const auto whole = deaths_->run(cell_, std::nullopt, {});
  EXPECT_EQ(whole->failure, "out of ink");
  EXPECT_FALSE(whole->died);
}

TEST_F(MachineDeathsOf, AreAFailureIfTheTrialHangs) {
  make(tests::faulty("hangs"), {}, kWrittenLines, std::chrono::milliseconds(300));
  EXPECT_NE(deaths_->run(cell_, std::nullopt, {})->failure, "");
}

TEST_F(MachineDeathsOf, AreGivenUpIfNobodyWaits) {
  make(tests::faulty("hangs"), {});
  EXPECT_FALSE(deaths_->run(cell_, std::nullopt, [] { return false; }).has_value());
}

}  // namespace
}  // namespace writebench::crash
