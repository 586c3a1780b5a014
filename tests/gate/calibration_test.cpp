#include "gate/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>

#include "reports/read.hpp"
#include "tests/gate/fake_contender.hpp"

namespace writebench::gate {
namespace {

using tests::Fake;

class CalibrationTest : public testing::Test {
 protected:
  // Of programs whose trials scatter that much, each call with noise of its own.
  Calibration calibrate(double sigma, std::vector<std::string> ids = {"sync", "buffered"},
                        CalibrationPlan plan = {.pairs = 200, .gates = 6, .duel = {}}) {
    DuelObserver nobody;
    const Injector injector = [&](double share) { return std::make_unique<Fake>(++seed_, sigma, 1 + share, ids); };
    return gate::calibrate(injector, Rule{}, plan, nobody);
  }

  static const CalibratedCell& cell(const Calibration& calibration, const std::string& id) {
    for (const CalibratedCell& one : calibration.cells) {
      if (one.id == id) return one;
    }
    throw std::out_of_range(id);
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
  EXPECT_LT(quiet.power[0], 0.5) << "5 % is the threshold itself";
  EXPECT_GT(quiet.power[1], 0.99);
  EXPECT_GT(quiet.power[2], 0.99);
  EXPECT_EQ(quiet.pairs, 540u);
  ASSERT_TRUE(quiet.pairs_for_90[1] && quiet.pairs_for_90[2]);
  EXPECT_LE(*quiet.pairs_for_90[2], 20u);
  const CalibratedCell loud = cell(calibrate(2), "buffered");
  EXPECT_LT(loud.power[1], 0.1);
  EXPECT_FALSE(loud.pairs_for_90[0]);
}

TEST_F(CalibrationTest, ThePowerIsThatOfTheGate) {
  const Calibration calibration =
      calibrate(0.07, {"sync"}, {.pairs = 4000, .gates = 1, .duel = {.looks = {.pairs = 60}}});
  int found = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    Fake base(10'000 + seed, 0.07);
    Fake head(20'000 + seed, 0.07, 1.1);
    DuelObserver nobody;
    const DuelResult result = duel(base, head, Terms{}, {.looks = {.pairs = 60}, .seed = seed}, nobody);
    found += tally(result.comparison).slower > 0;
  }
  // What a first look finds comes on top.
  EXPECT_GE(found / 200.0, cell(calibration, "sync").power[1] - 0.1);
  EXPECT_LE(found / 200.0, cell(calibration, "sync").power[1] + 0.2);
}

TEST_F(CalibrationTest, KnowsByHowMuchRunsDifferCellByCell) {
  const Calibration calibration = calibrate(0.05);
  EXPECT_FALSE(cell(calibration, "sync").run_to_run) << "it is the reference";
  ASSERT_TRUE(cell(calibration, "buffered").run_to_run);
  EXPECT_GT(*cell(calibration, "buffered").run_to_run, 0);
  EXPECT_LT(*cell(calibration, "buffered").run_to_run, 0.05);
}

TEST_F(CalibrationTest, OfFewRunsNothingIsSaidOfHowMuchTheyDiffer) {
  const Calibration calibration = calibrate(0.05, {"sync", "buffered"}, {.pairs = 10, .gates = 4, .duel = {}});
  EXPECT_FALSE(cell(calibration, "buffered").run_to_run);
  EXPECT_EQ(run_to_run_of(calibration).of("buffered"), RunToRun{}.other);
}

TEST_F(CalibrationTest, ACellThatWasNotCalibratedDiffersLikeTheWorst) {
  Calibration calibration;
  calibration.cells = {{.id = "sync"}, {.id = "a", .run_to_run = 0.01}, {.id = "b", .run_to_run = 0.3}};
  const RunToRun run_to_run = run_to_run_of(calibration);
  EXPECT_EQ(run_to_run.of("a"), 0.01);
  EXPECT_EQ(run_to_run.of("b"), 0.3);
  EXPECT_EQ(run_to_run.of("sync"), 0.3);
  EXPECT_EQ(run_to_run.of("another"), 0.3);
}

TEST_F(CalibrationTest, LeavesControlsAndTwinsOut) {
  const Calibration calibration = calibrate(0.01, {"null", "sync", "sync#2"}, {.pairs = 10, .gates = 1, .duel = {}});
  ASSERT_EQ(calibration.cells.size(), 1u);
  EXPECT_EQ(calibration.cells[0].id, "sync");
}

TEST_F(CalibrationTest, IsReadBackAsItWasWritten) {
  const Calibration calibration = calibrate(0.05, {"sync", "buffered"}, {.pairs = 20, .gates = 5, .duel = {}});
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
