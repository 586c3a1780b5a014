#include "engine/run/fit_lines.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <memory>
#include <span>

#include "engine/lines/numbered_lines.hpp"
#include "tests/engine/run/fake_runner.hpp"
#include "writebench/errors.hpp"

namespace writebench::engine {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using Divisors = std::vector<std::uint64_t>;

constexpr std::uint64_t kLines = 500'000;

Demand demand(nanoseconds trial, std::uint64_t lines = kLines) { return {trial, 1ms, lines}; }

TEST(LineDivisors, CutNothingThatFitsItsShareOrWhatTheFastLeaveOver) {
  EXPECT_EQ(line_divisors({demand(1s), demand(1s)}, 10s), (Divisors{1, 1}));
  EXPECT_EQ(line_divisors({demand(20ms), demand(7s), demand(20ms), demand(800ms)}, 45s), (Divisors{1, 1, 1, 1}));
  EXPECT_EQ(line_divisors({}, 45s), Divisors{});
}

TEST(LineDivisors, CutWhatIsTooSlowToTheLargestRoundFractionThatFits) {
  EXPECT_EQ(line_divisors({demand(20ms), demand(9s)}, 45s), (Divisors{1, 10}));
  EXPECT_EQ(line_divisors({demand(20ms), demand(100s)}, 45s), (Divisors{1, 100}));
  EXPECT_EQ(line_divisors({demand(3s), demand(2s), demand(50s)}, 45s), (Divisors{1, 1, 100})) << "45 - 15 - 10 = 20";
}

TEST(LineDivisors, CutNothingInARunOfTheOriginCase) {
  // The medians of docs/gallery/reports/origin.json, and what is around a trial there.
  const nanoseconds times[] = {1ms, 2ms, 19ms, 533ms, 5ms, 4340ms, 187ms, 12ms, 11ms, 3ms};
  for (const int slower : {10, 15}) {  // tenths
    std::vector<Demand> demands;
    for (const nanoseconds time : times) demands.push_back({(time + 30ms) * slower / 10, 30ms, kLines});
    EXPECT_EQ(line_divisors(demands, 45s), Divisors(demands.size(), 1)) << slower;
  }
}

TEST(LineDivisors, NeverCutACellAndLeaveASlowerOneWhole) {
  for (const nanoseconds budget : {1s, 10s, 30s, 100s}) {
    const Divisors divisors = line_divisors({demand(3s), demand(3100ms), demand(3200ms), demand(900ms)}, budget);
    EXPECT_LE(divisors[3], divisors[0]);
    EXPECT_LE(divisors[0], divisors[1]);
    EXPECT_LE(divisors[1], divisors[2]);
  }
}

TEST(LineDivisors, LeaveAHundredLinesAndDoNotCutWhatThatWouldNotHelp) {
  EXPECT_EQ(line_divisors({demand(3600s, 5000)}, 45s), Divisors{10});
  EXPECT_EQ(line_divisors({demand(3600s, 999)}, 45s), Divisors{1});
  EXPECT_EQ(line_divisors({{20ms, 15ms, kLines}, {20ms, 10ms, kLines}}, 1ms), (Divisors{1, 1}));
  EXPECT_EQ(line_divisors({{500ms, 20ms, kLines}}, 1ms), Divisors{100}) << "5 ms beside 20";
}

/// Fits cells of numbered lines whose trials take 1 ms and so much for each line, by their names.
class FitLines : public testing::Test {
 protected:
  void add(const std::string& id, nanoseconds line, std::uint64_t lines = kLines) {
    Cell cell;
    cell.id = id;
    cell.parameters.lines = lines;
    const auto content = std::make_shared<NumberedLines>(lines);
    cell.bytes = content->offset_bytes(lines);
    cells_.push_back(cell);
    runnables_.push_back({.strategy = {}, .content = content});
    line_[id] = line;
  }

  bool fit(nanoseconds budget = 45s) { return fit_lines(cells_, runnables_, runner_, budget, observer_); }

  std::optional<TrialResult> trial(const TrialRequest& request) const {
    if (line_.at(request.cell.id) == 0ns) return tests::ended(Outcome::kFailed);
    const nanoseconds lines = line_.at(request.cell.id) * static_cast<std::int64_t>(request.cell.parameters.lines);
    TrialResult result = tests::took(1ms + lines);
    result.sample.submitted_ns = result.sample.drained_ns = lines.count();
    if (sync_ > 0ns) {
      result.sample.durable_ns = (lines + sync_).count();
      *result.sample.total_ns += sync_.count();
    }
    return result;
  }

  struct Looks final : RunObserver {
    void look_begins(const Cell& cell) override { begun.push_back(cell.id); }
    void look_ended(const Cell& cell, std::optional<double> ns_per_line) override { ended[cell.id] = ns_per_line; }
    std::vector<std::string> begun;
    std::map<std::string, std::optional<double>> ended;
  };

  std::vector<Cell> cells_;
  std::vector<Runnable> runnables_;
  Looks observer_;
  std::map<std::string, nanoseconds> line_;
  nanoseconds sync_ = 0ns;  // at the end of each trial
  tests::FakeClock clock_;
  tests::FakeRunner runner_{clock_, [this](const TrialRequest& request) { return trial(request); }};
};

TEST_F(FitLines, TellsOfEachLook) {
  add("fast", 100ns);
  add("broken", 0ns);
  EXPECT_TRUE(fit());
  EXPECT_EQ(observer_.begun, (std::vector<std::string>{"fast", "broken"}));
  EXPECT_NEAR(observer_.ended.at("fast").value(), 100, 1);
  EXPECT_FALSE(observer_.ended.at("broken"));
}

TEST_F(FitLines, CutsTheOneSlowCellAndKeepsWhatWasAskedFor) {
  add("fast", 100ns);
  add("slow", 40us);
  EXPECT_TRUE(fit());
  EXPECT_FALSE(cells_[0].asked_lines);
  EXPECT_EQ(cells_[0].parameters.lines, kLines);
  EXPECT_EQ(cells_[1].asked_lines, kLines);
  EXPECT_EQ(cells_[1].parameters.lines, kLines / 10);
  EXPECT_EQ(cells_[1].bytes, NumberedLines(kLines).offset_bytes(kLines / 10));
  EXPECT_EQ(lines_fraction(cells_[1]), "1/10");
  EXPECT_EQ(as_asked(cells_[1]).parameters.lines, kLines);
}

TEST_F(FitLines, TakesAMomentIfAllIsFastAndATenthOfTheBudgetIfNot) {
  for (const char* id : {"a", "b", "c"}) add(id, 100ns);
  EXPECT_TRUE(fit());
  EXPECT_LT(clock_.now().time_since_epoch(), 10ms);
  EXPECT_EQ(runner_.asked.size(), 3u);
  add("slow", 1ms);
  add("slower", 10ms);
  EXPECT_TRUE(fit());
  EXPECT_LT(clock_.now().time_since_epoch(), 4500ms);
  EXPECT_EQ(cells_[3].parameters.lines, kLines / 1000) << "500 ms, five times, of 22 s";
  EXPECT_EQ(cells_[4].parameters.lines, kLines / 1000) << "it must keep a hundred";
}

TEST_F(FitLines, DoesNotTakeTheSyncAtTheEndForACostOfTheLines) {
  add("a", 40ns);
  add("b", 100ns);
  sync_ = 4ms;
  EXPECT_TRUE(fit(1s));
  for (const Cell& cell : cells_)
    EXPECT_EQ(cell.parameters.lines, kLines) << "54 ms and a sync fit five times in half a second";
}

TEST_F(FitLines, CutsACellAndItsTwinAlike) {
  add("slow", 15'000ns);
  add("slow#2", 18'500ns);  // by chance
  cells_[1].twin_of = "slow";
  EXPECT_TRUE(fit(80s));
  EXPECT_EQ(cells_[0].parameters.lines, cells_[1].parameters.lines);
  EXPECT_EQ(cells_[0].parameters.lines, kLines / 10);
}

// Lines whose places cannot be found, like those of a file that somebody has cut.
class LostLines final : public Content {
 public:
  std::uint64_t lines() const override { return kLines; }
  std::uint64_t offset_bytes(std::uint64_t) const override { throw IoError("replay", "input", 5, ESTALE); }
  std::size_t longest_line_bytes() const override { return 12; }
  std::size_t render(LineRange, std::span<char>, std::span<std::uint32_t>) const override { return 0; }
  std::optional<std::uint64_t> number_of(std::string_view) const override { return std::nullopt; }
};

TEST_F(FitLines, TakesLinesThatCannotBeReadForAFailureOfThatCellAlone) {
  add("fast", 100ns);
  add("slow", 40us);
  add("lost", 40us);
  runnables_[2].content = std::make_shared<LostLines>();
  EXPECT_TRUE(fit());
  EXPECT_EQ(cells_[1].parameters.lines, kLines / 10);
  EXPECT_FALSE(cells_[1].status);
  EXPECT_EQ(cells_[2].status, Outcome::kFailed);
  EXPECT_NE(cells_[2].status_detail.find("replay input at byte 5: Stale file handle"), std::string::npos);
}

TEST_F(FitLines, LeavesAloneWhatFailsOrCannotRunOrHasFewLines) {
  add("fails", 0ns);
  add("never", 1ms);
  cells_[1].status = Outcome::kUnavailable;
  add("few", 1s, 900);
  EXPECT_TRUE(fit());
  for (const Cell& cell : cells_) EXPECT_FALSE(cell.asked_lines) << cell.id;
  EXPECT_EQ(runner_.asked.size(), 1u);
}

}  // namespace
}  // namespace writebench::engine
