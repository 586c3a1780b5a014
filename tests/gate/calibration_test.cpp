#include "gate/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>

#include "reports/read/read.hpp"
#include "tests/gate/fake_side.hpp"

namespace writebench::gate {
namespace {

using tests::Fake;

class CalibrationTest : public testing::Test {
 protected:
  // Of programs whose trials scatter that much, each call with noise of its own.
  Calibration calibrate(double sigma, std::vector<std::string> ids = {"sync", "buffered"},
                        CalibrationPlan plan = {.pairs = 200, .gates = 6, .ab_session = {}}, const Rule& rule = {}) {
    AbObserver nobody;
    const Injector injector = [&](double share) { return std::make_unique<Fake>(++seed_, sigma, 1 + share, ids); };
    return gate::calibrate(Fake(++seed_, sigma, 1, ids).cells(), injector, rule, plan, nobody);
  }

  static const CalibratedCell& cell(const Calibration& calibration, const std::string& id) {
    for (const CalibratedCell& one : calibration.cells) {
      if (one.id == id) return one;
    }
    throw std::out_of_range(id);
  }

  static const SlowDown& slow_down(const CalibratedCell& cell, double share) {
    for (const SlowDown& one : cell.slow_downs) {
      if (one.share == share) return one;
    }
    throw std::out_of_range(std::to_string(share));
  }

  // A gate of those cells against themselves.
  AbResult gate(const std::vector<std::string>& ids, const AbPlan& plan = {}, ComparisonSettings settings = {}) {
    Fake base(++seed_, 0.01, 1, ids);
    Fake head(++seed_, 0.01, 1, ids);
    AbObserver nobody;
    AbPlan with_clock = plan;
    with_clock.now = tests::clock_of(base, head);
    return ab_session(base.side(), head.side(), settings, with_clock, nobody);
  }

 private:
  std::uint64_t seed_ = 0;
};

TEST_F(CalibrationTest, MeasuresTheNoiseOfAPair) {
  for (const double sigma : {0.01, 0.1}) {
    const Calibration calibration = calibrate(sigma);
    // The difference of two logarithms that scatter alike.
    EXPECT_NEAR(cell(calibration, "sync").noise, sigma * std::sqrt(2), 0.3 * sigma);
    EXPECT_EQ(calibration.false_alarms, 0u);
    EXPECT_EQ(calibration.gates, 6u);
  }
}

TEST_F(CalibrationTest, SaysThatLittleNoiseHidesNothingAndMuchHidesAll) {
  const CalibratedCell quiet = cell(calibrate(0.005), "buffered");
  EXPECT_GT(slow_down(quiet, 0.1).power, 0.99);
  EXPECT_GT(slow_down(quiet, 0.2).power, 0.99);
  EXPECT_EQ(quiet.pairs, 540u);
  ASSERT_TRUE(slow_down(quiet, 0.1).pairs && slow_down(quiet, 0.2).pairs);
  EXPECT_LE(*slow_down(quiet, 0.2).pairs, 20u);
  const CalibratedCell loud = cell(calibrate(2), "buffered");
  EXPECT_LT(slow_down(loud, 0.1).power, 0.1);
  EXPECT_FALSE(slow_down(loud, 0.1).pairs);
}

TEST_F(CalibrationTest, LeavesOutSlowDownsThatAreNotAboveTheThreshold) {
  const auto shares = [&](double threshold) {
    const CalibrationPlan plan{.pairs = 10, .gates = 1, .ab_session = {}};
    std::vector<double> found;
    const Calibration calibration = calibrate(0.01, {"sync"}, plan, {.threshold = threshold});
    for (const SlowDown& one : cell(calibration, "sync").slow_downs) {
      found.push_back(one.share);
    }
    return found;
  };
  EXPECT_EQ(shares(0.01), (std::vector<double>{0.05, 0.1, 0.2}));
  EXPECT_EQ(shares(0.05), (std::vector<double>{0.1, 0.2}));
  EXPECT_EQ(shares(0.2), std::vector<double>{});
}

TEST_F(CalibrationTest, TheGateFindsAtLeastAsMuchAsItsPowerSays) {
  for (const double sigma : {0.03, 0.13}) {
    const Calibration calibration = calibrate(sigma, {"sync"}, {.pairs = 2000, .gates = 1, .ab_session = {}});
    int found = 0;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
      Fake base(10'000 + seed, sigma);
      Fake head(20'000 + seed, sigma, 1.1);
      AbObserver nobody;
      const AbPlan plan{.seed = seed, .now = tests::clock_of(base, head)};
      const AbResult result = ab_session(base.side(), head.side(), ComparisonSettings{}, plan, nobody);
      found += tally(result.comparison).slower > 0;
    }
    EXPECT_GE(found / 100.0, slow_down(cell(calibration, "sync"), 0.1).power - 0.05) << sigma;
    EXPECT_LE(found / 100.0, slow_down(cell(calibration, "sync"), 0.1).power + 0.4)
        << sigma << ": and it is not just careful";
  }
}

TEST_F(CalibrationTest, MorePowerTakesMorePairs) {
  const auto pairs_for = [&](double power) {
    const CalibrationPlan plan{.pairs = 1000, .gates = 1, .wanted_power = power, .ab_session = {}};
    return *slow_down(cell(calibrate(0.05, {"sync"}, plan), "sync"), 0.1).pairs;
  };
  EXPECT_LT(pairs_for(0.5), pairs_for(0.99));
}

TEST_F(CalibrationTest, KnowsByHowMuchRunsDifferCellByCell) {
  const Calibration calibration = calibrate(0.05);
  EXPECT_FALSE(cell(calibration, "sync").run_to_run) << "it is the reference";
  ASSERT_TRUE(cell(calibration, "buffered").run_to_run);
  EXPECT_GT(*cell(calibration, "buffered").run_to_run, 0);
  EXPECT_LT(*cell(calibration, "buffered").run_to_run, 0.05);
}

TEST_F(CalibrationTest, OfFewRunsNothingIsSaidOfHowMuchTheyDiffer) {
  const Calibration calibration = calibrate(0.05, {"sync", "buffered"}, {.pairs = 10, .gates = 4, .ab_session = {}});
  EXPECT_FALSE(cell(calibration, "buffered").run_to_run);
  EXPECT_EQ(run_to_run_of(calibration).of(tests::cell_of("buffered")), RunToRun{}.other);
  const reports::Report run = tests::report_of({tests::cell_of("sync", {1e6}), tests::cell_of("buffered", {1e6})});
  const std::string said = sentence(calibration, compare(run, run, ComparisonSettings{}), run);
  EXPECT_TRUE(said.starts_with("no calibration covers this")) << said;
}

TEST_F(CalibrationTest, SaysInASentenceWhatItKnowsOfAGate) {
  const Calibration calibration = calibrate(0.01);
  const std::string said = sentence(calibration, gate({"sync", "buffered"}), {});
  EXPECT_TRUE(said.starts_with("calibrated here on ")) << said;
  EXPECT_NE(said.find(" for these cells: 0 false alarms in 6 gates; of slow-downs such a gate finds 10 % in 100 %, "
                      "20 % in 100 % or more"),
            std::string::npos)
      << said;
}

TEST_F(CalibrationTest, SpeaksForTheNumberOfPairsOfTheGate) {
  const Calibration calibration = calibrate(0.09, {"sync"}, {.pairs = 1000, .gates = 1, .ab_session = {}});
  const auto found = [&](std::size_t pairs) {
    const InterimLooks looks{.pairs = pairs, .time = std::nullopt};
    const std::string said = sentence(calibration, gate({"sync"}, {.looks = looks}), looks);
    const std::size_t at = said.find("10 % in ");
    return at == said.npos ? -1 : std::stoi(said.substr(at + 8));
  };
  EXPECT_LT(found(20), found(540));
  EXPECT_NEAR(found(540), 100 * slow_down(cell(calibration, "sync"), 0.1).power, 1);
}

TEST_F(CalibrationTest, SpeaksOnlyForTheCellsAndTheRuleThatItMeasured) {
  const Calibration calibration = calibrate(0.01, {"sync", "buffered"}, {.pairs = 10, .gates = 5, .ab_session = {}});
  const std::string part = sentence(calibration, gate({"sync", "own-strategy"}), {});
  EXPECT_NE(part.find(" for sync: "), std::string::npos) << part;
  EXPECT_TRUE(part.ends_with("; no calibration covers own-strategy")) << part;
  const auto covers_nothing = [&](const AbResult& result) {
    return sentence(calibration, result, {}).starts_with("no calibration covers this: ");
  };
  EXPECT_TRUE(covers_nothing(gate({"own-strategy"})));
  EXPECT_TRUE(covers_nothing(gate({"sync"}, {}, {.rule = {.threshold = 0.1}})));
  EXPECT_TRUE(covers_nothing(gate({"sync"}, {.budget = std::chrono::nanoseconds(0)}))) << "the budget ended it";
  const auto changed = [&](const std::function<void(engine::Cell&)>& change) {
    AbResult result = gate({"sync"});
    for (engine::Cell& cell : result.head.cells) change(cell);
    return result;
  };
  EXPECT_FALSE(covers_nothing(changed([](engine::Cell&) {})));
  EXPECT_TRUE(covers_nothing(changed([](engine::Cell& cell) { cell.parameters.lines *= 2; })));
  EXPECT_TRUE(covers_nothing(changed([](engine::Cell& cell) { cell.parameters.set(kBufferSize, 4096); })));
  EXPECT_TRUE(
      covers_nothing(changed([](engine::Cell& cell) { cell.parameters.durability.kind = Durability::Kind::kClose; })));
  EXPECT_TRUE(covers_nothing(changed([](engine::Cell& cell) { cell.workload.pace.burst_lines = 7; })));
}

TEST_F(CalibrationTest, SpeaksOfTwoRunsOnlyOfHowMuchTheyDiffer) {
  const Calibration calibration = calibrate(0.05);
  const reports::Report run = tests::report_of({tests::cell_of("sync", {1e6}), tests::cell_of("buffered", {1e6})});
  const std::string said = sentence(calibration, compare(run, run, ComparisonSettings{}), run);
  EXPECT_NE(said.find("two runs differ by up to "), std::string::npos) << said;
  EXPECT_EQ(said.find("finds"), std::string::npos) << said;
}

TEST_F(CalibrationTest, ACellThatWasNotCalibratedDiffersLikeTheWorst) {
  Calibration calibration;
  calibration.cells = {{.id = "sync", .identity = identity_of(tests::cell_of("sync"))},
                       {.id = "a", .identity = identity_of(tests::cell_of("a")), .run_to_run = 0.01},
                       {.id = "b", .identity = identity_of(tests::cell_of("b")), .run_to_run = 0.3}};
  const RunToRun run_to_run = run_to_run_of(calibration);
  const auto of = [&](const char* id, std::uint64_t lines = 1000) {
    engine::Cell cell = tests::cell_of(id);
    cell.parameters.lines = lines;
    return run_to_run.of(cell);
  };
  EXPECT_EQ(of("a"), 0.01);
  EXPECT_EQ(of("b"), 0.3);
  EXPECT_EQ(of("sync"), 0.3);
  EXPECT_EQ(of("another"), 0.3);
  EXPECT_EQ(of("a", 5), 0.3) << "with other lines it is another cell";
}

TEST_F(CalibrationTest, WithoutAReferenceItIsNotKnownByHowMuchRunsDiffer) {
  EXPECT_FALSE(cell(calibrate(0.05, {"buffered"}), "buffered").run_to_run);
}

TEST_F(CalibrationTest, LeavesOutWhatFailsAndNamesIt) {
  const std::vector<std::string> ids{"sync", "lost"};
  const Injector injector = [&](double) {
    auto fake = std::make_unique<Fake>(1, 0.01, 1, ids);
    fake->changing([](const std::string& id, int, engine::Sample& sample) {
      if (id == "lost") sample = tests::failed_sample(engine::Outcome::kIncorrect, "1 line lost");
    });
    return fake;
  };
  AbObserver nobody;
  const Calibration calibration = gate::calibrate(Fake(1, 0.01, 1, ids).cells(), injector, Rule{},
                                                  {.pairs = 10, .gates = 1, .ab_session = {}}, nobody);
  ASSERT_EQ(calibration.cells.size(), 1u);
  EXPECT_EQ(calibration.cells[0].id, "sync");
  EXPECT_EQ(calibration.left_out, std::vector<std::string>{"lost"});
}

TEST_F(CalibrationTest, OfNothingIsRefused) {
  EXPECT_THROW(calibrate(0.01, {"null"}, {.pairs = 10, .gates = 1, .ab_session = {}}), SideError);
}

TEST_F(CalibrationTest, LeavesControlsAndTwinsOut) {
  const Calibration calibration =
      calibrate(0.01, {"null", "sync", "sync#2"}, {.pairs = 10, .gates = 1, .ab_session = {}});
  ASSERT_EQ(calibration.cells.size(), 1u);
  EXPECT_EQ(calibration.cells[0].id, "sync");
}

TEST_F(CalibrationTest, IsReadBackAsItWasWritten) {
  const Calibration calibration = calibrate(0.05, {"sync", "buffered"}, {.pairs = 20, .gates = 5, .ab_session = {}});
  const std::string path = testing::TempDir() + "calibration-test.json";
  std::ofstream(path) << to_json(calibration);
  const auto read = read_calibration(path);
  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(calibration));
  std::remove(path.c_str());
  EXPECT_FALSE(read_calibration(path));
}

}  // namespace
}  // namespace writebench::gate
