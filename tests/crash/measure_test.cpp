#include "crash/measure.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/lines/numbered_lines.hpp"
#include "engine/process/signals.hpp"
#include "engine/run/interrupt.hpp"
#include "strategies/table.hpp"
#include "tests/engine/run/fake_runner.hpp"

namespace writebench::crash {
namespace {

using reports::Deaths;
using reports::Fault;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using tests::FakeClock;
using tests::FakeRunner;

constexpr std::int64_t kRunningNs = 1'000'000;

// Lets nothing die: a function of the test's says how each trial ends (no value: it was given up). Each takes 1 ms.
class FakeDeaths final : public DeathRunner {
 public:
  using Trials = std::function<std::optional<Ending>(const engine::CellSpec&, std::optional<nanoseconds>)>;

  FakeDeaths(FakeClock& clock, Trials trials, reports::Death death)
      : clock_(clock), trials_(std::move(trials)), death_(death) {}

  reports::Death death() const override { return death_; }
  std::optional<Ending> run(const engine::CellSpec& cell, std::optional<nanoseconds> after,
                            const engine::TrialRunner::Waiting&) override {
    clock_.pass(milliseconds(1));
    if (after) moments.push_back(*after);
    return trials_(cell, after);
  }

  std::vector<nanoseconds> moments;

 private:
  FakeClock& clock_;
  Trials trials_;
  reports::Death death_;
};

Ending whole() { return {.running_ns = kRunningNs, .file_block_bytes = 4096}; }

Ending dead(std::uint64_t lost_bytes = 0) {
  return {.died = true, .loss = {.lost_lines = lost_bytes / 8, .lost_bytes = lost_bytes}};
}

std::optional<Ending> as_it_should(const engine::CellSpec&, std::optional<nanoseconds> after) {
  return after ? dead(800) : whole();
}

class Measure : public testing::Test {
 protected:
  void add(const std::string& strategy, Durability durability = {}) {
    engine::Cell cell;
    cell.id = strategy;
    cell.strategy = engine::StrategyTraits(*strategies::find(strategy));
    cell.parameters.lines = 1000;
    cell.parameters.durability = durability;
    for (const Option* option : strategies::find(strategy)->options) cell.parameters.set(*option, option->usual);
    report_.cells.push_back(cell);
    runnables_[strategy] = {*strategies::find(strategy), std::make_shared<engine::NumberedLines>(1000)};
  }

  bool measured(FakeDeaths::Trials deaths, std::vector<reports::Death> kinds = {reports::Death::kProcess}) {
    std::vector<DeathRunner*> runners;
    for (const reports::Death kind : kinds) {
      runners.push_back(all_.emplace_back(std::make_unique<FakeDeaths>(clock_, deaths, kind)).get());
    }
    FakeRunner trials(clock_, plain_);
    Observer observer;
    const Request request{.deaths = asked_, .budget = budget_, .seed = 7, .now = clock_.reader()};
    const bool complete = measure(request, runnables_, trials, runners, observer, report_);
    plain_trials_ = trials.asked.size();
    return complete;
  }

  const std::vector<Deaths>& deaths() const { return report_.crash_test->cells; }
  const std::vector<nanoseconds>& moments() const { return all_.front()->moments; }

  FakeClock clock_;
  FakeRunner::Trials plain_ = [](const engine::TrialRequest&) { return tests::took(milliseconds(1)); };
  std::size_t asked_ = 20;
  nanoseconds budget_ = std::chrono::seconds(10);
  reports::Report report_;
  engine::ForkRunner::Runnables runnables_;
  std::size_t plain_trials_ = 0;
  std::vector<std::unique_ptr<FakeDeaths>> all_;
};

TEST_F(Measure, KeepsALossForEachDeathAndASampleForEachCell) {
  add("sync");
  add("write-per-line");
  EXPECT_TRUE(measured(as_it_should));
  EXPECT_EQ(plain_trials_, 2u);
  ASSERT_EQ(deaths().size(), 2u);
  EXPECT_EQ(report_.crash_test->deaths, 20u);
  EXPECT_EQ(deaths()[0].cell, "sync");
  EXPECT_EQ(deaths()[0].losses.size(), 20u);
  EXPECT_EQ(deaths()[0].running_ns, kRunningNs);
  EXPECT_EQ(deaths()[0].ended_before, 0u);
  EXPECT_EQ(report_.cells[0].status, engine::Outcome::kOk);
}

TEST_F(Measure, DrawsMomentsFromTheWholeRunningTimeAndTheSameForTheSameSeed) {
  asked_ = 200;
  add("sync");
  measured(as_it_should);
  ASSERT_EQ(moments().size(), 200u);
  std::set<std::int64_t> tenths;
  for (const nanoseconds moment : moments()) {
    EXPECT_GE(moment.count(), 0);
    EXPECT_LT(moment.count(), kRunningNs);
    tenths.insert(moment.count() * 10 / kRunningNs);
  }
  EXPECT_EQ(tenths.size(), 10u);
  const std::vector<nanoseconds> first = moments();
  all_.clear();
  measured(as_it_should);
  EXPECT_EQ(moments(), first);
}

TEST_F(Measure, KillsNoCellThatFailsByItself) {
  add("sync");
  add("write-per-line");
  plain_ = [](const engine::TrialRequest& request) {
    return request.cell.id == "sync" ? tests::ended(engine::Outcome::kIncorrect) : tests::took(milliseconds(1));
  };
  EXPECT_TRUE(measured(as_it_should));
  ASSERT_EQ(deaths().size(), 1u);
  EXPECT_EQ(deaths()[0].cell, "write-per-line");
  EXPECT_EQ(report_.cells[0].status, engine::Outcome::kIncorrect);
}

TEST_F(Measure, GoesOnAfterAnErrorOfOneCell) {
  add("sync");
  add("write-per-line");
  plain_ = [](const engine::TrialRequest& request) {
    if (request.cell.id == "sync") throw std::runtime_error("no file");
    return tests::took(milliseconds(1));
  };
  EXPECT_TRUE(measured(as_it_should));
  EXPECT_EQ(report_.cells[0].status_detail, "no file");
  ASSERT_EQ(deaths().size(), 1u);
  EXPECT_EQ(deaths()[0].losses.size(), 20u);
}

TEST_F(Measure, StopsTheDeathsOfACellThatFailsInOne) {
  add("sync");
  add("write-per-line");
  EXPECT_TRUE(measured([](const engine::CellSpec& cell, std::optional<nanoseconds> after) {
    return after && cell.id == "sync" ? Ending{.failure = "out of ink"} : as_it_should(cell, after);
  }));
  ASSERT_EQ(deaths().size(), 2u);
  EXPECT_EQ(deaths()[0].failure, "out of ink");
  EXPECT_TRUE(reports::has_failed(deaths()[0]));
  EXPECT_EQ(deaths()[1].losses.size(), 20u);
}

TEST_F(Measure, TakesALossAtTheRegularEndForAFailure) {
  add("sync");
  measured([](const engine::CellSpec&, std::optional<nanoseconds>) {
    Ending ending = whole();
    ending.loss.lost_lines = 3;
    return ending;
  });
  EXPECT_EQ(deaths()[0].failure, "wrong at its regular end: 3 lines lost");
  EXPECT_TRUE(deaths()[0].losses.empty());
}

TEST_F(Measure, CountsTrialsThatEndBeforeTheyAreToDieApartAndDrawsEarlierMomentsThen) {
  add("sync");
  measured([](const engine::CellSpec& cell, std::optional<nanoseconds> after) {
    if (after && after->count() >= kRunningNs / 2) return Ending{.running_ns = kRunningNs / 2};
    return *as_it_should(cell, after);
  });
  EXPECT_EQ(deaths()[0].losses.size(), 20u);
  EXPECT_EQ(deaths()[0].ended_before, 1u);
  EXPECT_EQ(deaths()[0].running_ns, kRunningNs) << "that of the whole trial";
  EXPECT_TRUE(deaths()[0].failure.empty());
}

TEST_F(Measure, GivesUpACellThatNeverDies) {
  add("sync");
  measured([](const engine::CellSpec&, std::optional<nanoseconds>) { return whole(); });
  EXPECT_TRUE(deaths()[0].losses.empty());
  EXPECT_EQ(deaths()[0].failure, "every trial ends before it can die; give more --lines");
}

TEST_F(Measure, SharesTheBudgetAndLeavesEachCellADeath) {
  budget_ = milliseconds(20);
  asked_ = 1000;
  for (const char* name : {"sync", "write-per-line", "buffered", "sync-buffered"}) add(name);
  EXPECT_TRUE(measured(as_it_should));
  ASSERT_EQ(deaths().size(), 4u);
  for (const Deaths& cell : deaths()) {
    EXPECT_GE(cell.losses.size(), 2u) << cell.cell;
    EXPECT_LE(cell.losses.size(), 6u) << cell.cell;
  }
  all_.clear();
  budget_ = nanoseconds(0);
  EXPECT_TRUE(measured(as_it_should));
  for (const Deaths& cell : deaths()) EXPECT_EQ(cell.losses.size(), 1u) << cell.cell;
}

TEST_F(Measure, KeepsWhatThereIsIfATrialIsGivenUp) {
  add("sync");
  add("write-per-line");
  int left = 5;
  EXPECT_FALSE(measured([&](const engine::CellSpec& cell, std::optional<nanoseconds> after) {
    return --left < 0 ? std::nullopt : as_it_should(cell, after);
  }));
  ASSERT_EQ(deaths().size(), 1u);
  EXPECT_EQ(deaths()[0].losses.size(), 4u);
}

TEST_F(Measure, LetsEachCellDieInEachWay) {
  add("sync");
  measured(as_it_should, {reports::Death::kProcess, reports::Death::kMachine});
  ASSERT_EQ(deaths().size(), 2u);
  EXPECT_EQ(deaths()[1].death, reports::Death::kMachine);
  EXPECT_TRUE(deaths()[0].bound_bytes.has_value());
  EXPECT_FALSE(deaths()[1].bound_bytes.has_value()) << "the options bound what a process's death takes";
  EXPECT_EQ(plain_trials_, 1u);
}

TEST_F(Measure, CountsTheTrialsOfWhichSomeServeForSeveralDeaths) {
  add("sync");
  int deaths_so_far = 0;
  measured(
      [&](const engine::CellSpec&, std::optional<nanoseconds> after) {
        Ending ending = after ? dead(800) : whole();
        ending.new_trial = !after || ++deaths_so_far % 5 == 0;
        return ending;
      },
      {reports::Death::kMachine});
  EXPECT_EQ(deaths()[0].losses.size(), 20u);
  EXPECT_EQ(deaths()[0].trials, 1u + 4u);
}

TEST_F(Measure, KeepsTheKindsThatAreUnavailable) {
  add("sync");
  report_.crash_test = reports::CrashTest{.unavailable = {{reports::Death::kMachine, "no root"}}};
  measured(as_it_should);
  ASSERT_EQ(report_.crash_test->unavailable.size(), 1u);
  EXPECT_EQ(report_.crash_test->unavailable[0].reason, "no root");
}

TEST_F(Measure, TakesALossAboveTheBoundForAFault) {
  add("sync-buffered");
  std::uint64_t lost = 65536;
  measured([&](const engine::CellSpec&, std::optional<nanoseconds> after) { return after ? dead(lost++) : whole(); });
  EXPECT_EQ(deaths()[0].bound_bytes, 65536u);
  EXPECT_TRUE(deaths()[0].losses[0].faults.empty());
  ASSERT_EQ(deaths()[0].losses[1].faults.size(), 1u);
  EXPECT_EQ(deaths()[0].losses[1].faults[0].fault, Fault::kOverBound);
  EXPECT_EQ(deaths()[0].losses[1].faults[0].example, "65537 bytes lost, where the options allow 65536");
}

// A trial that is shorter than a tick asks nobody whether to wait on. A signal stays noted, so a process of its own is
// needed.
TEST_F(Measure, StopsAfterASignalEvenBetweenShortTrials) {
  add("sync");
  add("write-per-line");
  EXPECT_EXIT(
      {
        ::signal(SIGINT, SIG_DFL);  // the starter may have it ignored, and then it stays so
        engine::catch_signals();
        engine::catch_interrupts();
        int deaths_left = 3;
        const bool complete = measured([&](const engine::CellSpec& cell, std::optional<nanoseconds> after) {
          if (after && --deaths_left == 0) ::raise(SIGINT);
          return as_it_should(cell, after);
        });
        const bool stopped = !complete && deaths().size() == 1 && deaths()[0].losses.size() == 3;
        ::_exit(stopped ? 0 : 1);
      },
      testing::ExitedWithCode(0), "");
}

std::optional<std::uint64_t> bound_of(const std::string& strategy, std::vector<OptionValue> options = {},
                                      Durability durability = {}, std::uint64_t longest = 12) {
  engine::CellSpec cell;
  cell.parameters.durability = durability;
  for (OptionValue& option : options) cell.parameters.set(std::move(option));
  return bound_bytes(*strategies::find(strategy), cell, longest, 4096);
}

TEST(BoundBytes, FollowFromTheOptions) {
  EXPECT_EQ(bound_of("write-per-line"), 0u);
  EXPECT_EQ(bound_of("sync"), 4096u + 12) << "stdio's buffer, and the start of a line that the kernel has";
  EXPECT_EQ(bound_of("naive-async"), 4096u + 12);
  EXPECT_EQ(bound_of("sync-buffered"), 65536u);
  EXPECT_EQ(bound_of("sync-buffered", {{kBufferSize, 1000}}), 1000u);
  EXPECT_EQ(bound_of("sync-buffered", {{kBufferSize, 1000}}, {}, 5000), 5000u) << "a long line has a block to itself";
  EXPECT_EQ(bound_of("buffered", {{kBufferSize, 1000}}), 1000u);
  EXPECT_EQ(bound_of("double-buffered", {{kBufferSize, 1000}}), 2000u);
  EXPECT_EQ(bound_of("pwrite-parallel", {{kBufferSize, 1000}, {kThreads, 3}}), 3000u);
  EXPECT_EQ(bound_of("thread-pool", {{kQueueDepth, 8}}), 8u * 12 + 4096 + 12);
  EXPECT_EQ(bound_of("thread-pool", {{kQueueDepth, 8}, {kInFlightBytes, 50}}), 50u + 4096 + 12);
}

TEST(BoundBytes, AreZeroIfEachLineIsDurable) { EXPECT_EQ(bound_of("sync", {}, {.kind = Durability::Kind::kLine}), 0u); }

TEST(BoundBytes, AreKnownForEveryStrategyOfTheTable) {
  for (const Descriptor& strategy : strategies::table()) {
    if (strategy.role != Role::kStrategy) continue;
    EXPECT_TRUE(strategy.may_lose_bytes) << strategy.name;
  }
}

}  // namespace
}  // namespace writebench::crash
