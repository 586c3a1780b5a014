#include "cli/text/explanation_text.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "cli/text/findings.hpp"
#include "explain/conclude.hpp"
#include "strategies/table.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using reports::Explanation;
using reports::Report;

constexpr Terminal kTerminal{.interactive = false, .colour = false, .unicode = true, .columns = 80};

// What the figures of a made-up explanation are.
struct Figures {
  double sync_ns = 50;
  double async_ns = 10'000;
  double wake_ns = 4000;
  double call_ns = 100;
  double queued_ns = 0;
  std::vector<std::pair<std::uint64_t, double>> blocks{{64, 100}, {4096, 5}, {65536, 0.5}};
  double overlap_ratio = 0.8;
  std::int64_t held_ns = 2000;
  std::int64_t late_ns = 300'000;
  std::int64_t synced_held_ns = 5'000'000;
  std::int64_t synced_late_ns = 200'000;
};

class ExplanationText : public testing::Test {
 protected:
  Cell& add(const std::string& id, const std::string& strategy, double ns_per_line) {
    Cell cell;
    cell.id = id;
    cell.strategy = engine::StrategyTraits(*strategies::find(strategy));
    cell.parameters.lines = 1000;
    cell.bytes = 10'000;
    for (const Option* option : strategies::find(strategy)->options) cell.parameters.set(*option, option->usual);
    for (int round = 0; round < 10; ++round) {
      engine::Sample sample;
      sample.round = round;
      sample.outcome = engine::Outcome::kOk;
      sample.drained_ns = static_cast<std::int64_t>(1000 * ns_per_line) + round % 3;
      sample.cost.user_cpu_ns = sample.cost.system_cpu_ns = *sample.drained_ns / 10;
      sample.cost.write_syscalls = 1000;
      sample.cost.voluntary_switches = 2000;
      cell.add(sample);
    }
    report_.cells.push_back(std::move(cell));
    return report_.cells.back();
  }

  static engine::Distribution all(std::int64_t ns) { return {{{ns, ns, 1000}}, 1000, ns}; }

  std::string page(const Figures& figures = {}) {
    Explanation& explanation = report_.explanation.emplace();
    report_.complete = true;
    report_.environment.file_system = "ext4";
    report_.environment.directory = "/a/directory/with/a/long/name/that/somebody/has/chosen/for/their/measurements";
    report_.environment.cpus = 16;
    report_.cells.reserve(100);
    add("null", "null", 1);
    add("copy-lines", "copy-lines", 2).parameters.set(kBufferSize, 4096);  // as large as the C library's
    add("sync-buffered", "sync-buffered", 5).parameters.set(kBufferSize, 4096);
    add("sync", "sync", figures.sync_ns);
    add("thread-pool", "thread-pool", 300);
    add("one", "naive-async", 1.1 * figures.async_ns).parameters.set(kWriters, 1);
    add("ten", "naive-async", 1.2 * figures.async_ns);
    add("naive-async", "naive-async", figures.async_ns).parameters.set(kThreads, 16);
    explanation.subject = "naive-async";
    explanation.reference = "sync";
    explanation.ladder = {{"null", "", 0, {}, {}},
                          {"copy-lines", "copies each into a block", 0, {}, {}},
                          {"sync-buffered", "writes each full block", 0, {}, {}},
                          {"sync", "calls the C library per line", 0, {}, {}},
                          {"thread-pool", "hands each over, not waiting", 0, {}, {}},
                          {"one", "awaits each answer", 0, {}, {}},
                          {"ten", "has 10 tasks at once", 0, {}, {}},
                          {"naive-async", "has 16 pool threads", 0, {}, {}}};
    explanation.stages.push_back({.cell = "one",
                                  .trials = 3,
                                  .dispatches = 123'456,
                                  .awaited = true,
                                  .parts = {{"queued", figures.queued_ns, 1, 2},
                                            {"wake-up", figures.wake_ns, 1, 2},
                                            {"take-up", 100, {}, {}},
                                            {"call", figures.call_ns, 1, 2},
                                            {"caller-busy", 50, 1, 2},
                                            {"answer", figures.wake_ns, 1, 2}},
                                  .whole_ns = 2 * figures.wake_ns + figures.call_ns + figures.queued_ns + 150,
                                  .same_processor_share = 0.333,
                                  .loop_wakes = 1.234,
                                  .switches = 2.5,
                                  .caller_delay_ns = 1234,
                                  .line_ns = 9999,
                                  .unstaged_line_ns = 8888});
    explanation.stages.push_back(explanation.stages.front());
    explanation.stages.back().cell = "naive-async";
    for (const char* cpus : {"all", "0", "0+1"}) {
      Cell& reference = add(std::string("sync@") + cpus, "sync", figures.sync_ns);
      reference.parameters.set(engine_cpus(cpus));
      for (const std::uint64_t threads : {1u, 2u, 16u}) {
        Cell& cell = add(fmt::format("async@{},{}", cpus, threads), "naive-async",
                         figures.async_ns / static_cast<double>(threads));
        cell.parameters.set(engine_cpus(cpus));
        cell.parameters.set(kThreads, threads);
        explanation.variants.push_back({cell.id, reference.id, {}});
      }
    }
    for (const auto& [bytes, ratio] : figures.blocks) {
      Cell& cell = add(fmt::format("buffered@{}", bytes), "buffered", figures.sync_ns * ratio);
      cell.parameters.set(kBufferSize, bytes);
      explanation.block_sizes.push_back({cell.id, "sync", {}});
    }
    for (const std::int64_t think_ns : {0, 1000}) {
      Cell& waits = add(fmt::format("waits@{}", think_ns), "sync-buffered", 1000);
      Cell& overlaps = add(fmt::format("overlaps@{}", think_ns), "double-buffered",
                           think_ns == 0 ? 1500 : 1000 * figures.overlap_ratio);
      waits.workload.pace.think = overlaps.workload.pace.think = std::chrono::nanoseconds(think_ns);
      explanation.thinks.push_back({overlaps.id, waits.id, {}});
    }
    const auto at_pace = [&](const std::string& id, const std::string& name, std::int64_t held, std::int64_t late) {
      Cell& cell = add(id, name, 100'000);
      cell.workload.pace.lines_per_second = 10'000;
      cell.caller_stall = all(held);
      if (late > 0) cell.loop_lag = all(late);
    };
    at_pace("sync@rate", "sync", figures.held_ns, 0);
    at_pace("async@rate", "naive-async", 400'000, figures.late_ns);
    at_pace("sync@synced", "sync", figures.synced_held_ns, 0);
    at_pace("async@synced", "naive-async", 6'000'000, figures.synced_late_ns);
    explanation.paced = {"sync@rate", "async@rate", "sync@rate"};
    report_.warnings = {{"disturbed", ""}, {"noisy", ""}, {"fewer-lines", ""}, {"few-trials", ""}, {"no-stalls", ""}};
    explanation.durable = {"sync@synced", "async@synced"};
    explain::conclude(report_);
    explanation.findings = findings_of(report_);
    return render_explanation(report_, kTerminal);
  }

  static OptionValue engine_cpus(const std::string& text) {
    OptionValue value;
    value.name = value.key = "cpus";
    value.kind = Option::Kind::kWord;
    value.word = text;
    return value;
  }

  std::string said(const std::string& code) const { return finding(*report_.explanation, code); }

  Report report_;
};

TEST_F(ExplanationText, FitsSixtyLinesOfEightyColumns) {
  std::istringstream page(this->page());
  std::size_t lines = 0;
  for (std::string line; std::getline(page, line); ++lines) EXPECT_LE(width(line), 80u) << line;
  EXPECT_LE(lines, 60u);
}

TEST_F(ExplanationText, ShowsEachStepWithItsPriceAndItsCounters) {
  const std::string text = page();
  EXPECT_NE(text.find("awaits each answer           +10.7 us"), std::string::npos) << text;
  EXPECT_NE(text.find("copies each into a block     +1.00 ns"), std::string::npos) << text;
  EXPECT_NE(text.find("has 10 tasks at once"), std::string::npos) << text;
  EXPECT_NE(text.find("has 16 pool threads"), std::string::npos) << text;
}

TEST_F(ExplanationText, NamesWhatTheReportWarnsOf) {
  EXPECT_NE(page().find("warns of: disturbed, noisy"), std::string::npos);
}

TEST_F(ExplanationText, HasTheOptionsThatMeasuredItsFigures) {
  const std::string text = page();
  for (const char* options : {"-s null,copy-lines,sync-buffered,sync,thread-pool,naive-async -w 1,10", " -b 4096",
                              "-t 1,2,16 --cpus all,0,0+1", "--rate 10000 -n 1000 -D line"}) {
    EXPECT_NE(text.find(options), std::string::npos) << options << "\n" << text;
  }
}

TEST_F(ExplanationText, SaysIfTheRatiosScatterTooMuchForABreakEven) {
  page({.blocks = {{64, 0.5}, {4096, 3}, {65536, 0.9}}});
  EXPECT_NE(said("break-even").find("scatter too much"), std::string::npos) << said("break-even");
}

TEST_F(ExplanationText, RecommendsASimplerWayThatIsNotOnTheLadder) {
  page();
  report_.explanation->ladder = {{"null", "", 0, {}, {}}, {"write", "writes each line by itself", 0, {}, {}}};
  add("write", "write-per-line", 900);
  report_.explanation->subject = "write";
  explain::conclude(report_);
  report_.explanation->findings = findings_of(report_);
  EXPECT_NE(said("recommendation").find("(sync-buffered): 5.00 ns a line instead of 900 ns"), std::string::npos)
      << said("recommendation");
}

TEST_F(ExplanationText, RecommendsNoBlocksIfEachLineMustBeDurable) {
  page();
  for (Cell& cell : report_.cells) cell.parameters.durability = {.kind = Durability::Kind::kLine};
  EXPECT_NE(findings_of(report_).back().text.find("Use sync-buffered: 5.00 ns"), std::string::npos)
      << findings_of(report_).back().text;
}

TEST_F(ExplanationText, SaysIfAStepCannotBeToldFromZero) {
  const std::string text = page({.async_ns = 300 / 1.1, .wake_ns = 100});
  EXPECT_NE(text.find("may be 0 (noise)"), std::string::npos) << text;
}

TEST_F(ExplanationText, SaysWhereTheTimeGoes) {
  page();
  EXPECT_NE(said("stages").find("the write itself is 100 ns (1%)"), std::string::npos) << said("stages");
  EXPECT_NE(said("stages").find("takes 8.00 us (97%)"), std::string::npos) << said("stages");
  EXPECT_NE(said("factor").find("200 times"), std::string::npos) << said("factor");
}

TEST_F(ExplanationText, FollowsAMachineOnWhichTheCallIsSlow) {
  page({.call_ns = 900'000});
  EXPECT_NE(said("stages").find("here the file is slow"), std::string::npos) << said("stages");
}

TEST_F(ExplanationText, FollowsAMachineOnWhichWritesQueue) {
  page({.wake_ns = 1000, .queued_ns = 50'000});
  EXPECT_NE(said("stages").find("waits in the queue for 50.0 us"), std::string::npos) << said("stages");
}

TEST_F(ExplanationText, SaysFromWhichBlockOnAwaitingCostsNoMore) {
  page();
  EXPECT_NE(said("break-even").find("costs no more than sync from"), std::string::npos) << said("break-even");
  EXPECT_NE(said("break-even").find("lines"), std::string::npos);
}

TEST_F(ExplanationText, SaysIfNoBlockIsLargeEnough) {
  page({.blocks = {{64, 100}, {65536, 3}}});
  EXPECT_NE(said("break-even").find("Even with 65.5 kB"), std::string::npos) << said("break-even");
}

TEST_F(ExplanationText, SaysIfEverySmallBlockIsLargeEnough) {
  page({.blocks = {{64, 0.9}, {65536, 0.3}}});
  EXPECT_NE(said("break-even").find("even with the fewest lines"), std::string::npos) << said("break-even");
}

TEST_F(ExplanationText, SaysWhenOverlappingPays) {
  page();
  EXPECT_NE(said("overlap").find("with 1.00 us of other work a line: 80% of"), std::string::npos) << said("overlap");
  EXPECT_NE(said("overlap").find("it wins with 1.00 us"), std::string::npos) << said("overlap");
}

TEST_F(ExplanationText, SaysIfOverlappingNeverPays) {
  page({.overlap_ratio = 1.2});
  EXPECT_NE(said("overlap").find("gained nothing"), std::string::npos) << said("overlap");
}

TEST_F(ExplanationText, SaysWhatAsyncSavesOnASlowFileAndOnAFastOne) {
  page();
  EXPECT_NE(said("durable").find("event loop for 200 us"), std::string::npos) << said("durable");
  EXPECT_NE(said("durable").find("what async writing is for"), std::string::npos) << said("durable");
  EXPECT_NE(said("stall").find("Async saves no stall here"), std::string::npos) << said("stall");
  EXPECT_NE(said("recommendation").find("sync-buffered"), std::string::npos) << said("recommendation");
  EXPECT_NE(said("recommendation").find("double-buffered"), std::string::npos) << said("recommendation");
}

TEST_F(ExplanationText, SaysIfAsyncSavesNothingOnASlowFile) {
  page({.synced_late_ns = 5'000'000});
  EXPECT_NE(said("durable").find("does not help even there"), std::string::npos) << said("durable");
  EXPECT_EQ(said("recommendation").find("double-buffered"), std::string::npos) << said("recommendation");
}

TEST_F(ExplanationText, SaysThatTooLittleIsKnownToSayAnything) {
  page();
  for (Cell& cell : report_.cells) cell.samples.clear();
  report_.explanation->stages.clear();
  explain::conclude(report_);
  report_.explanation->findings = findings_of(report_);
  const std::string text = render_explanation(report_, kTerminal);
  EXPECT_NE(text.find("too few trials"), std::string::npos) << text;
  EXPECT_NE(text.find("not measured"), std::string::npos) << text;
}

TEST_F(ExplanationText, OfAnOrdinaryReportSaysWhatItCannotTell) {
  add("sync", "sync", 50);
  const std::string text = what_a_run_tells(report_, "report.json", 80);
  EXPECT_NE(text.find("cannot tell why"), std::string::npos) << text;
  EXPECT_NE(text.find("50.0 ns"), std::string::npos) << text;
}

}  // namespace
}  // namespace writebench::cli
