#include "advise/search.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <map>
#include <set>

#include "advise/conclude.hpp"
#include "tests/advise/contestants.hpp"
#include "tests/engine/run/fake_runner.hpp"

namespace writebench::advise {
namespace {

using reports::Advice;
using reports::Goal;
using reports::Hurdle;

// What a line costs, holds its caller and takes of memory with a strategy and its settings.
struct Planted {
  double ns = 1000;
  double stall_ns = 100;
  double memory_bytes = 100'000;
  bool fails = false;
};
using Plant = std::function<Planted(const engine::CellSpec&)>;

class SearchTest : public testing::Test {
 protected:
  // Runs nothing: each trial takes what is planted, with a little noise that differs from trial to trial.
  engine::TrialResult trial(const engine::TrialRequest& request) {
    const engine::CellSpec& cell = request.cell;
    const Planted planted = plant_(cell);
    if (planted.fails) return tests::ended(engine::Outcome::kIncorrect, "1 line lost");
    const auto lines = static_cast<double>(cell.parameters.lines);
    const double noise = 1 + 0.002 * static_cast<double>(trials_++ % 5);
    const double busy_ns = planted.ns * lines * noise;
    const auto due_ns = static_cast<double>(cell.workload.pace.last_due(cell.parameters.lines).count());
    engine::TrialResult result = tests::took(std::chrono::nanoseconds(std::llround(std::max(busy_ns, due_ns)) + 1));
    engine::Sample& sample = result.sample;
    sample.prepare_ns = sample.settle_ns = 0;
    if (cell.parameters.durability.kind != Durability::Kind::kNone) sample.durable_ns = sample.drained_ns;
    sample.total_ns = *sample.drained_ns + 5'000'000;
    sample.cost.user_cpu_ns = std::llround(busy_ns);
    sample.cost.system_cpu_ns = 0;
    sample.cost.rss_growth_bytes = std::llround(planted.memory_bytes);
    if (request.observe) {
      const auto ns = std::llround(planted.stall_ns * noise);
      result.caller_stall = {{{ns, ns, cell.parameters.lines}}, cell.parameters.lines, ns};
      sample.stall_p99_ns = ns;
      if (cell.parameters.lines >= 1000) sample.stall_p999_ns = ns;
    }
    return result;
  }

  reports::Report advised(bool complete = true) {
    reports::Report report;
    Screening screening = screened(asked_);
    report.advice = Advice{.asked = asked_};
    report.advice->ruled_out = screening.ruled_out;
    const Request request{.asked = asked_,
                          .candidates = std::move(screening.candidates),
                          .harness = harness_,
                          .budget = budget_,
                          .seed = 1,
                          .now = clock_.reader()};
    engine::RunObserver nobody;
    const engine::MakeRunner make = [&](const auto&, const auto&) {
      return std::make_unique<tests::FakeRunner>(clock_, [&](const engine::TrialRequest& asked) {
        return trials_left_-- > 0 ? std::optional(trial(asked)) : std::nullopt;
      });
    };
    const auto began = clock_.now();
    EXPECT_EQ(search(request, make, nobody, report), complete);
    took_ = clock_.now() - began;
    conclude(report);
    return report;
  }

  static const engine::Cell& recommended(const reports::Report& report) {
    EXPECT_TRUE(report.advice->recommended);
    return *cell_of(report, report.advice->finalists.front().cell);
  }

  static std::optional<Hurdle> ruled_out(const reports::Report& report, const std::string& strategy) {
    for (const Advice::RuledOut& out : report.advice->ruled_out) {
      if (out.strategy == strategy) return out.by;
    }
    return std::nullopt;
  }

  // Blocks of this size cost least, and all others more, the further the more.
  static double of_block(const engine::CellSpec& cell, double best_bytes, double steepness = 0.3) {
    if (cell.parameters.find(kBufferSize.name) == nullptr) return 1;
    return 1 + steepness * std::abs(std::log2(static_cast<double>(cell.parameters.value(kBufferSize)) / best_bytes));
  }

  // Takes as much as is planted for it.
  void have_a_harness() {
    harness_ = contestants(asked_).front();
    harness_->cell.strategy = engine::StrategyTraits(*strategies::find("null"));
    harness_->runnable.strategy = *strategies::find("null");
    harness_->cell.parameters.options.clear();
  }

  tests::FakeClock clock_;
  std::optional<Contestant> harness_;
  Advice::Asked asked_;
  std::chrono::nanoseconds budget_ = std::chrono::seconds(60);
  std::chrono::nanoseconds took_{0};
  int trials_left_ = 1'000'000;
  std::uint64_t trials_ = 0;
  Plant plant_ = [](const engine::CellSpec& cell) {
    return Planted{.ns = cell.strategy.name == "mmap" ? 100.0 : 1000.0};
  };
};

TEST_F(SearchTest, FindsTheBestStrategy) { EXPECT_EQ(recommended(advised()).strategy.name, "mmap"); }

TEST_F(SearchTest, FindsWhicheverIsTheBest) {
  for (const std::string& name : names_of(screened(asked_))) {
    plant_ = [&](const engine::CellSpec& cell) { return Planted{.ns = cell.strategy.name == name ? 100.0 : 1000.0}; };
    EXPECT_EQ(recommended(advised()).strategy.name, name);
  }
}

TEST_F(SearchTest, SaysWhichFinalistsMakeTheSpaceOfTheFile) {
  plant_ = [](const engine::CellSpec& cell) {
    const bool is_good = cell.strategy.name == "preallocated-dsync" || cell.strategy.name == "sync-buffered";
    return Planted{.ns = is_good ? 100.0 : 1000.0};
  };
  const reports::Report report = advised();
  std::set<std::string> making;
  std::set<std::string> others;
  for (const Advice::Finalist& finalist : report.advice->finalists) {
    (finalist.makes_space ? making : others).insert(cell_of(report, finalist.cell)->strategy.name);
  }
  EXPECT_EQ(making, std::set<std::string>{"preallocated-dsync"});
  EXPECT_EQ(others, std::set<std::string>{"sync-buffered"});
}

TEST_F(SearchTest, FindsTheBestSizeFarFromTheDefault) {
  for (const double best : {4096.0, 1024.0 * 1024}) {
    plant_ = [&](const engine::CellSpec& cell) {
      return Planted{.ns = (cell.strategy.name == "sync-buffered" ? 400 : 1000) * of_block(cell, best)};
    };
    const reports::Report report = advised();
    EXPECT_EQ(recommended(report).strategy.name, "sync-buffered");
    EXPECT_EQ(static_cast<double>(recommended(report).parameters.value(kBufferSize)), best);
  }
}

TEST_F(SearchTest, FindsAStrategyThatIsTheBestOnlyWithAnotherSize) {
  plant_ = [&](const engine::CellSpec& cell) {
    const bool tuned = cell.strategy.name == "mutex-shared";
    if (tuned) return Planted{.ns = 500 * of_block(cell, 1 << 20)};
    return Planted{.ns = cell.strategy.name == "sync" ? 900.0 : 3000.0};
  };
  const engine::Cell best = recommended(advised());
  EXPECT_EQ(best.strategy.name, "mutex-shared") << "1.2 times as much with its default";
}

TEST_F(SearchTest, KeepsTheDefaultIfAnotherSizeGainsNothing) {
  plant_ = [](const engine::CellSpec& cell) {
    return Planted{.ns = cell.strategy.name == "sync-buffered" ? 400.0 : 1000.0};
  };
  EXPECT_EQ(recommended(advised()).parameters.value(kBufferSize), kBufferSize.usual);
}

TEST_F(SearchTest, MeasuresSettingsThatAreNearlyAsGoodAgainAmongTheFinalists) {
  plant_ = [](const engine::CellSpec& cell) {
    if (cell.strategy.name != "sync-buffered") return Planted{};
    const bool is_final = cell.id.find("final") != std::string::npos;
    return Planted{.ns = is_final ? 400 * of_block(cell, 262'144) : 400 * of_block(cell, 65'536, 0.04)};
  };
  const reports::Report report = advised();
  EXPECT_EQ(recommended(report).strategy.name, "sync-buffered");
  EXPECT_EQ(recommended(report).parameters.value(kBufferSize), 262'144u);
  std::set<std::string> named;
  for (const Advice::Finalist& finalist : report.advice->finalists) {
    EXPECT_TRUE(named.insert(cell_of(report, finalist.cell)->strategy.name).second) << "a strategy is a finalist once";
  }
}

TEST_F(SearchTest, FindsTheBestValueOfAnotherOption) {
  asked_.writers = 4;
  asked_.order = Order::kPerWriter;
  asked_.durability = {.kind = Durability::Kind::kLine};
  plant_ = [](const engine::CellSpec& cell) {
    if (cell.strategy.name != "group-commit") return Planted{.ns = 5000};
    const OptionValue* const wait = cell.parameters.find("wait");
    return Planted{.ns = wait->number == 200'000 ? 1000.0 : 3000.0};
  };
  const engine::Cell best = recommended(advised());
  EXPECT_EQ(best.strategy.name, "group-commit");
  EXPECT_EQ(best.parameters.find("wait")->number, 200'000u);
}

TEST_F(SearchTest, PrefersTheSimplestOfThoseThatAreTied) {
  plant_ = [](const engine::CellSpec&) { return Planted{.ns = 1000}; };
  EXPECT_EQ(recommended(advised()).strategy.name, "sync");
}

TEST_F(SearchTest, HasARunnerUpEvenIfAllOthersAreMuchWorse) {
  const reports::Report report = advised();
  ASSERT_GE(report.advice->finalists.size(), 2u);
  EXPECT_NEAR(report.advice->finalists[1].ratio.median, 10, 0.2);
  EXPECT_TRUE(report.advice->finalists[1].ratio.ci95);
  EXPECT_FALSE(ruled_out(report, cell_of(report, report.advice->finalists[1].cell)->strategy.name));
}

TEST_F(SearchTest, SaysOfEveryOtherStrategyWhyItIsOut) {
  const reports::Report report = advised();
  std::set<std::string> known;
  for (const Advice::RuledOut& out : report.advice->ruled_out) {
    EXPECT_TRUE(known.insert(out.strategy).second) << out.strategy << " is out twice";
    EXPECT_FALSE(out.reason.empty()) << out.strategy;
  }
  for (const Advice::Finalist& finalist : report.advice->finalists) {
    known.insert(cell_of(report, finalist.cell)->strategy.name);
  }
  for (const Contestant& contestant : contestants(asked_))
    EXPECT_TRUE(known.contains(contestant.cell.id)) << contestant.cell.id;
}

TEST_F(SearchTest, TakesTheLeastProcessorTimeAtARate) {
  asked_.lines_per_second = 100'000;
  asked_.goal = Goal::kCpu;
  const reports::Report report = advised();
  EXPECT_EQ(recommended(report).strategy.name, "mmap");
  EXPECT_NEAR(report.advice->finalists.front().figures.value_ns, 100, 2);
  EXPECT_EQ(recommended(report).workload.pace.lines_per_second, 100'000);
}

TEST_F(SearchTest, KeepsTheSimplestInTheRaceIfAllLeaveTheProcessorIdle) {
  asked_.lines_per_second = 1000;
  asked_.goal = Goal::kCpu;
  plant_ = [](const engine::CellSpec& cell) {
    return Planted{.ns = cell.strategy.name == "mmap" ? 100.0 : cell.strategy.name == "sync" ? 4000.0 : 3000.0};
  };
  EXPECT_EQ(recommended(advised()).strategy.name, "sync");
}

TEST_F(SearchTest, MeasuresTheHarnessBesideTheFinalistsAtARate) {
  asked_.lines_per_second = 10'000;
  asked_.goal = Goal::kCpu;
  have_a_harness();
  plant_ = [](const engine::CellSpec& cell) {
    const std::string& name = cell.strategy.name;
    return Planted{.ns = name == "null" ? 900.0 : name == "mmap" ? 1000.0 : name == "sync" ? 1150.0 : 3000.0};
  };
  const reports::Report report = advised();
  EXPECT_NEAR(*report.advice->harness_ns, 900, 10);
  EXPECT_EQ(recommended(report).strategy.name, "sync") << "the harness takes as much, and sync is simpler";
  for (const Advice::Finalist& finalist : report.advice->finalists)
    EXPECT_EQ(finalist.cell.find("null"), std::string::npos);
}

TEST_F(SearchTest, KeepsInTheRaceWhatDiffersByLessThanHalfOfTheHarness) {
  asked_.lines_per_second = 10'000;
  asked_.goal = Goal::kCpu;
  have_a_harness();
  plant_ = [](const engine::CellSpec& cell) {
    const std::string& name = cell.strategy.name;
    return Planted{.ns = name == "null" ? 2000.0 : name == "mmap" ? 1000.0 : name == "sync" ? 1900.0 : 3000.0};
  };
  EXPECT_EQ(recommended(advised()).strategy.name, "sync") << "0.9 us more in all, of which the harness takes 2";
}

TEST_F(SearchTest, TakesNoNoticeOfStallsThatTheMachineHasByItself) {
  asked_.lines_per_second = 10'000;
  asked_.goal = Goal::kStall;
  have_a_harness();
  double machine_ns = 10'000;
  plant_ = [&](const engine::CellSpec& cell) {
    const std::string& name = cell.strategy.name;
    return Planted{.ns = 100,
                   .stall_ns = name == "null"   ? machine_ns
                               : name == "mmap" ? 2000.0
                               : name == "sync" ? 9000.0
                                                : 1e5};
  };
  const reports::Report report = advised();
  EXPECT_NEAR(*report.advice->harness_ns, 10'000, 100);
  EXPECT_EQ(recommended(report).strategy.name, "sync") << "7 us more, where writing nothing holds a caller for 10";
  machine_ns = 5000;
  EXPECT_EQ(recommended(advised()).strategy.name, "mmap");
}

TEST_F(SearchTest, RulesOutWhoCannotKeepTheRate) {
  asked_.lines_per_second = 1'000'000;
  asked_.goal = Goal::kCpu;
  plant_ = [](const engine::CellSpec& cell) {
    if (cell.strategy.name == "mmap") return Planted{.ns = 8000};  // an eighth of the rate
    return Planted{.ns = cell.strategy.name == "ofstream" ? 2500.0 : 100.0};
  };
  const reports::Report report = advised();
  EXPECT_EQ(ruled_out(report, "mmap"), Hurdle::kLinesPerSecond);
  EXPECT_EQ(ruled_out(report, "ofstream"), Hurdle::kLinesPerSecond);
  EXPECT_NE(recommended(report).strategy.name, "mmap");
}

TEST_F(SearchTest, RulesOutWhoHoldsItsCallersTooLong) {
  asked_.max_stall_ns = 1000;
  plant_ = [](const engine::CellSpec& cell) {
    const bool cheap = cell.strategy.name == "mmap";
    return Planted{.ns = cheap ? 100.0 : 1000.0, .stall_ns = cheap ? 50'000.0 : 200.0};
  };
  const reports::Report report = advised();
  EXPECT_NE(recommended(report).strategy.name, "mmap");
  EXPECT_EQ(ruled_out(report, "mmap"), Hurdle::kMaxStall);
}

TEST_F(SearchTest, TakesSmallerBlocksIfOnlyTheyFulfilAConstraint) {
  asked_.max_stall_ns = 1000;
  plant_ = [](const engine::CellSpec& cell) {
    if (cell.strategy.name != "sync-buffered") return Planted{.ns = 1000};
    const auto bytes = static_cast<double>(cell.parameters.value(kBufferSize));
    return Planted{.ns = 100, .stall_ns = bytes / 16};  // 4 us with the default
  };
  const engine::Cell best = recommended(advised());
  EXPECT_EQ(best.strategy.name, "sync-buffered");
  EXPECT_LE(best.parameters.value(kBufferSize), 16'384u);
}

TEST_F(SearchTest, RulesOutWhoTakesTooMuchMemory) {
  asked_.max_memory_bytes = 200'000;
  plant_ = [](const engine::CellSpec& cell) {
    const bool cheap = cell.strategy.name == "ofstream";
    return Planted{.ns = cheap ? 100.0 : 1000.0, .memory_bytes = cheap ? 1e6 : 1e5};
  };
  const reports::Report report = advised();
  EXPECT_EQ(ruled_out(report, "ofstream"), Hurdle::kMaxMemory);
  EXPECT_NE(recommended(report).strategy.name, "ofstream");
}

TEST_F(SearchTest, TakesTheLeastStallIfThatIsPreferred) {
  asked_.lines_per_second = 10'000;
  asked_.goal = Goal::kStall;
  plant_ = [](const engine::CellSpec& cell) {
    const bool quick = cell.strategy.name == "spsc-rings";
    return Planted{.ns = quick ? 3000.0 : 1000.0, .stall_ns = quick ? 10.0 : 1000.0};
  };
  const reports::Report report = advised();
  EXPECT_EQ(recommended(report).strategy.name, "spsc-rings");
  EXPECT_NEAR(report.advice->finalists.front().figures.value_ns, 10, 1);
}

TEST_F(SearchTest, RulesOutAStrategyThatFails) {
  plant_ = [](const engine::CellSpec& cell) {
    return Planted{.ns = cell.strategy.name == "mmap" ? 100.0 : 1000.0, .fails = cell.strategy.name == "mmap"};
  };
  const reports::Report report = advised();
  EXPECT_EQ(ruled_out(report, "mmap"), Hurdle::kFailed);
  EXPECT_NE(recommended(report).strategy.name, "mmap");
}

TEST_F(SearchTest, SaysWhichConstraintWouldHaveToGiveIfNobodyFulfilsThem) {
  asked_.max_stall_ns = 1000;
  plant_ = [](const engine::CellSpec& cell) {
    return Planted{.ns = 1000, .stall_ns = cell.strategy.name == "mutex-shared" ? 1500.0 : 90'000.0};
  };
  const reports::Report report = advised();
  EXPECT_FALSE(report.advice->recommended);
  ASSERT_EQ(report.advice->nearest.size(), 1u);
  const Advice::Nearest& nearest = report.advice->nearest.front();
  EXPECT_EQ(nearest.constraint, Hurdle::kMaxStall);
  EXPECT_EQ(cell_of(report, nearest.cell)->strategy.name, "mutex-shared");
  EXPECT_EQ(nearest.asked, 1000);
  EXPECT_NEAR(nearest.found, 1500, 20);
}

TEST_F(SearchTest, SaysHowFastTheFastestIsIfNobodyKeepsTheRate) {
  asked_.lines_per_second = 50'000'000;
  asked_.goal = Goal::kCpu;
  const reports::Report report = advised();
  EXPECT_FALSE(report.advice->recommended);
  ASSERT_EQ(report.advice->nearest.size(), 1u);
  EXPECT_EQ(report.advice->nearest.front().constraint, Hurdle::kLinesPerSecond);
  EXPECT_NEAR(report.advice->nearest.front().found, 1e7, 3e5);
}

TEST_F(SearchTest, DoesNotTakeItThatWhoIsTooSlowFulfilsAllElse) {
  asked_.lines_per_second = 20'000;
  asked_.goal = Goal::kCpu;
  asked_.max_stall_ns = 1000;
  plant_ = [](const engine::CellSpec& cell) {
    return Planted{.ns = cell.strategy.name == "sync" ? 1e6 : 1000.0, .stall_ns = 1500};
  };
  const reports::Report report = advised();
  EXPECT_EQ(ruled_out(report, "sync"), Hurdle::kLinesPerSecond);
  ASSERT_EQ(report.advice->nearest.size(), 1u);
  EXPECT_EQ(report.advice->nearest.front().constraint, Hurdle::kMaxStall);
}

TEST_F(SearchTest, NamesAllConstraintsThatNobodyFulfilsTogether) {
  asked_.max_stall_ns = 1000;
  asked_.max_memory_bytes = 50'000;
  plant_ = [](const engine::CellSpec& cell) {
    // Each fulfils one of them.
    const bool quick = cell.strategy.name == "sync";
    return Planted{.ns = 1000, .stall_ns = quick ? 500.0 : 1800.0, .memory_bytes = quick ? 90'000.0 : 20'000.0};
  };
  const reports::Report report = advised();
  EXPECT_FALSE(report.advice->recommended);
  std::set<Hurdle> named;
  for (const Advice::Nearest& nearest : report.advice->nearest) named.insert(nearest.constraint);
  EXPECT_EQ(named, (std::set<Hurdle>{Hurdle::kMaxStall, Hurdle::kMaxMemory}));
}

TEST_F(SearchTest, KeepsToItsBudget) {
  for (const int seconds : {10, 30, 90}) {
    budget_ = std::chrono::seconds(seconds);
    asked_.lines_per_second = 10'000;
    asked_.goal = Goal::kCpu;
    advised();
    EXPECT_LE(took_, budget_ + std::chrono::seconds(2)) << seconds;
    EXPECT_GE(took_, budget_ / 2) << seconds;
  }
}

TEST_F(SearchTest, KeepsWhatItHasWhereverItIsInterrupted) {
  for (const int trials : {1, 10, 60, 150}) {
    trials_left_ = trials;
    const reports::Report report = advised(false);
    EXPECT_FALSE(report.cells.empty()) << trials;
    EXPECT_TRUE(report.advice->nearest.empty()) << trials;
  }
}

TEST_F(SearchTest, GivesEveryCellAnIdOfItsOwnAndNoTwoPartsTheSameRounds) {
  asked_.lines_per_second = 10'000;
  asked_.goal = Goal::kCpu;
  const reports::Report report = advised();
  std::set<std::string> ids;
  std::map<std::string, std::set<int>> rounds;  // of each part
  for (const engine::Cell& cell : report.cells) {
    EXPECT_TRUE(ids.insert(cell.id).second) << cell.id;
    const std::string part = cell.id.substr(cell.id.rfind("part="));
    for (const engine::Sample& sample : cell.samples) rounds[part].insert(sample.round);
  }
  EXPECT_GE(rounds.size(), 3u);
  std::size_t sum = 0;
  std::set<int> all;
  for (const auto& [part, of_part] : rounds) {
    sum += of_part.size();
    all.insert(of_part.begin(), of_part.end());
  }
  EXPECT_EQ(all.size(), sum);
}

TEST_F(SearchTest, TriesNoSizeThatMayLoseTooMuch) {
  asked_.max_loss_bytes = 20'000;
  plant_ = [&](const engine::CellSpec& cell) { return Planted{.ns = 1000 * of_block(cell, 16 << 20)}; };
  const reports::Report report = advised();
  for (const engine::Cell& cell : report.cells) {
    if (cell.strategy.name != "sync-buffered") continue;
    EXPECT_LE(cell.parameters.value(kBufferSize), 20'000u);
  }
  EXPECT_LE(*report.advice->finalists.front().figures.may_lose_bytes, 20'000u);
}

}  // namespace
}  // namespace writebench::advise
