#include "cli/text/advice_text.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

#include "advise/conclude.hpp"
#include "cli/text/advice_findings.hpp"
#include "cli/text/software_settings.hpp"
#include "strategies/table.hpp"

namespace writebench::cli {
namespace {

using reports::Advice;
using reports::Goal;
using reports::Hurdle;

constexpr Terminal kAdviceTerminal{.interactive = false, .colour = false, .unicode = true, .columns = 80};

std::string on_one_line_text(const std::string& text) {
  std::istringstream words(text);
  std::string joined, word;
  while (words >> word) joined += (joined.empty() ? "" : " ") + word;
  return joined;
}

class AdviceText : public testing::Test {
 protected:
  AdviceText() {
    report_.started_at = "2026-01-31T12:00:00Z";
    report_.command_line = {"build/writebench", "advise", "--input", "my file.log"};
    report_.complete = true;
    report_.environment.file_system = "ext4";
    report_.environment.directory = "/data";
    report_.environment.kernel = "Linux 6";
    report_.environment.cpus = 2;
    Advice& advice = report_.advice.emplace();
    advice.asked.goal = Goal::kCpu;
    advice.asked.lines_per_second = 20'000;
  }

  void add(const std::string& strategy, double cpu_ns_per_line, std::optional<std::uint64_t> may_lose_bytes) {
    const Descriptor& entry = *strategies::find(strategy);
    engine::Cell cell;
    cell.id = strategy;
    cell.strategy = engine::StrategyTraits(entry);
    cell.parameters.lines = 1000;
    cell.parameters.durability = report_.advice->asked.durability;
    cell.bytes = 100'000;
    for (const Option* option : entry.options) {
      const bool producers = option->name == kWriters.name || option->name == kProcesses.name;
      cell.parameters.set(*option, producers ? report_.advice->asked.writers : option->usual);
    }
    for (int round = 0; round < 12; ++round) {
      engine::Sample sample;
      sample.round = round;
      sample.outcome = engine::Outcome::kOk;
      sample.drained_ns = 50'000'000;
      sample.cost.user_cpu_ns = static_cast<std::int64_t>(1000 * cpu_ns_per_line) + round % 3;
      sample.cost.system_cpu_ns = 0;
      sample.cost.rss_growth_bytes = 200'000;
      cell.add(sample);
    }
    cell.caller_stall = {.buckets = {{900, 900, 2000}}, .count = 2000, .max_ns = 5000};
    report_.cells.push_back(std::move(cell));
    report_.advice->finalists.push_back({.cell = strategy, .effort = entry.effort});
    report_.advice->finalists.back().figures.may_lose_bytes = may_lose_bytes;
  }

  std::string text() {
    advise::conclude(report_);
    return render_advice(report_, kAdviceTerminal);
  }

  std::string finding(const std::string& code) {
    advise::conclude(report_);
    for (const auto& one : advice_findings(report_)) {
      if (one.code == code) return one.text;
    }
    return "";
  }

  reports::Report report_;
};

TEST_F(AdviceText, SaysWhatToUseAndWhatItCosts) {
  add("sync-buffered", 100, 65'536);
  add("sync", 1000, 4196);
  EXPECT_EQ(
      finding("recommendation"),
      "Use sync-buffered (buffer-size 64KiB): 100 ns of processor time a line, 0.20% of one processor at this rate.");
  EXPECT_EQ(finding("tie"), "");
  EXPECT_EQ(finding("runner-up"),
            "Next is sync: 10.0 times the processor time (95 % interval 10.0 to 10.0, 12 rounds).");
}

TEST_F(AdviceText, CallsATieATie) {
  add("sync", 101, 4196);
  add("sync-buffered", 100, 65'536);
  EXPECT_NE(finding("recommendation").find("Use sync:"), std::string::npos);
  const std::string tie = finding("tie");
  EXPECT_NE(tie.find("a tie with sync-buffered"), std::string::npos) << tie;
  EXPECT_NE(tie.find("because it is the simplest (a call for each line)"), std::string::npos) << tie;
}

TEST_F(AdviceText, SaysWhatIsLostInBytesLinesAndTime) {
  add("sync-buffered", 100, 65'536);
  const std::string loss = finding("loss");
  EXPECT_NE(loss.find("up to 65.5 kB of lines are lost (by arithmetic from its options): about 655 lines, 32.8 ms at "
                      "this rate"),
            std::string::npos)
      << loss;
  EXPECT_NE(loss.find("If the machine dies"), std::string::npos);
  report_.advice->finalists.front().figures.may_lose_bytes = 0;
  EXPECT_NE(finding("loss").find("no line is lost"), std::string::npos);
  report_.advice->finalists.front().figures.may_lose_bytes.reset();
  EXPECT_NE(finding("loss").find("is not known"), std::string::npos);
}

TEST_F(AdviceText, SaysOfEachDurabilityWhatTheMachinesDeathTakes) {
  add("sync-buffered", 100, 65'536);
  std::set<std::string> said;
  for (const auto kind :
       {Durability::Kind::kNone, Durability::Kind::kClose, Durability::Kind::kBytes, Durability::Kind::kLine}) {
    report_.advice->asked.durability = {.kind = kind, .interval_bytes = 4096};
    said.insert(finding("loss"));
  }
  EXPECT_EQ(said.size(), 4u);
}

TEST_F(AdviceText, SaysThatTheSpaceOfTheFileWasMadeBeforehand) {
  add("sync-buffered", 100, 65'536);
  for (const char* code : {"gives-up", "design"}) {
    report_.advice->finalists.front().makes_space = false;
    EXPECT_EQ(finding(code).find("beforehand"), std::string::npos);
    report_.advice->finalists.front().makes_space = true;
    EXPECT_NE(finding(code).find("The size of the file must be known beforehand"), std::string::npos) << code;
  }
}

TEST_F(AdviceText, NamesTheSettingOfALanguage) {
  add("sync-buffered", 100, 65'536);
  EXPECT_EQ(finding("setting"), "") << "none was asked for";
  report_.advice->asked.language = "python";
  EXPECT_EQ(finding("setting"), "In Python: open(path, \"ab\", buffering=65536).");
}

TEST_F(AdviceText, EndsWithAParagraphForADesignDocument) {
  add("sync-buffered", 100, 65'536);
  add("sync", 1000, 4196);
  const std::string design = finding("design");
  for (const char* said :
       {"20.0k lines/s of 100 B", "sync-buffered (buffer-size 64KiB)", "2026-01-31", "ext4 on Linux 6, 2 processors",
        "100 ns", "next was sync with 10.0 times", "65.5 kB", "writebench advise --input 'my file.log'"}) {
    EXPECT_NE(design.find(said), std::string::npos) << said << " in: " << design;
  }
  const std::string page = on_one_line_text(text());
  EXPECT_NE(page.find("For a design document: " + design), std::string::npos);
}

TEST_F(AdviceText, SaysHowFarToTrustIt) {
  add("sync-buffered", 100, 65'536);
  EXPECT_NE(finding("trust").find("12 trials"), std::string::npos);
  EXPECT_NE(finding("trust").find("none was disturbed"), std::string::npos);
  for (engine::Sample& sample : report_.cells.front().samples) sample.disturbances = {"other-load"};
  EXPECT_NE(finding("trust").find("ask again on a quieter machine"), std::string::npos);
  report_.cells.front().samples.resize(3);
  EXPECT_NE(finding("trust").find("--budget"), std::string::npos);
  report_.complete = false;
  EXPECT_NE(finding("trust").find("interrupted"), std::string::npos);
}

TEST_F(AdviceText, SaysWhatWouldHaveToGive) {
  add("sync-buffered", 100, 65'536);
  report_.advice->asked.max_stall_ns = 500;
  report_.advice->nearest = {{Hurdle::kMaxStall, "sync-buffered", 500, 900}};
  EXPECT_EQ(finding("impossible"), "No strategy fulfils all of this here.");
  EXPECT_EQ(
      finding("would-have-to-give"),
      "--max-stall would have to be at least 900 ns instead of 500 ns (1.80 times): sync-buffered (buffer-size 64KiB) "
      "comes nearest.");
  EXPECT_EQ(finding("recommendation"), "");
  EXPECT_NE(text().find("fails"), std::string::npos);
}

TEST_F(AdviceText, DoesNotCallImpossibleWhatWasNotMeasured) {
  report_.advice->asked.max_stall_ns = 1000;
  add("sync", 100, 4196);
  EXPECT_EQ(finding("impossible"), "") << "its appends hold their caller for 900 ns";
  report_.advice->asked.max_stall_ns = 500;
  EXPECT_EQ(finding("impossible"), "No strategy fulfils all of this here.");
  report_.cells.front().caller_stall = {};
  EXPECT_NE(finding("impossible").find("too short to measure stalls"), std::string::npos);
}

TEST_F(AdviceText, GroupsWhatWasRuledOut) {
  add("sync", 100, 4196);
  report_.advice->ruled_out = {{"mmap", Hurdle::kCost, "3 times as much"},
                               {"thread-pool", Hurdle::kOrder, "promises no order"},
                               {"naive-async", Hurdle::kCost, "3 times as much"}};
  const std::string page = on_one_line_text(text());
  EXPECT_NE(page.find("more processor time a line: mmap, naive-async (3 times as much)"), std::string::npos) << page;
  EXPECT_NE(page.find("--order: thread-pool (promises no order)"), std::string::npos) << page;
}

TEST_F(AdviceText, FitsEightyColumnsAndFewer) {
  add("sync-buffered", 100, 65'536);
  add("double-buffered-thread", 150, 131'072);
  report_.advice->ruled_out = {{"thread-pool", Hurdle::kOrder, "promises no order"}};
  for (const std::size_t columns : {40u, 80u, 200u}) {
    Terminal terminal = kAdviceTerminal;
    terminal.columns = columns;
    text();
    std::istringstream lines(render_advice(report_, terminal));
    for (std::string line; std::getline(lines, line);)
      EXPECT_LE(width(line), std::min<std::size_t>(columns, 80)) << line;
  }
}

TEST_F(AdviceText, IsMarkdownToo) {
  add("sync-buffered", 100, 65'536);
  add("sync", 1000, 4196);
  report_.advice->ruled_out = {{"thread-pool", Hurdle::kOrder, "promises no order"}};
  text();
  const std::string markdown = advice_markdown(report_);
  EXPECT_EQ(markdown.find("**Asked:** 20.0k lines/s"), 0u);
  EXPECT_NE(markdown.find("- **Use sync-buffered"), std::string::npos);
  EXPECT_NE(markdown.find("\n| strategy |"), std::string::npos);
  EXPECT_NE(markdown.find("\n> We write these lines"), std::string::npos);
}

TEST(WayOf, FollowsFromTheEffortAndTheLoss) {
  engine::CellSpec cell;
  Advice::Finalist finalist{.effort = Effort::kLibraryCall};
  finalist.figures.may_lose_bytes = 0;
  EXPECT_EQ(way_of(finalist, cell).kind, WayToWrite::Kind::kEachLine);
  finalist.figures.may_lose_bytes = 4096;
  EXPECT_EQ(way_of(finalist, cell).kind, WayToWrite::Kind::kBuffer);
  EXPECT_EQ(way_of(finalist, cell).buffer_bytes, 0u);
  cell.parameters.set(kBufferSize, 8192);
  EXPECT_EQ(way_of(finalist, cell).buffer_bytes, 8192u);
  cell.parameters.durability.kind = Durability::Kind::kLine;
  EXPECT_EQ(way_of(finalist, cell).kind, WayToWrite::Kind::kEachLine);
  EXPECT_TRUE(way_of(finalist, cell).synced);
  finalist.effort = Effort::kSeveralThreads;
  EXPECT_EQ(way_of(finalist, cell).kind, WayToWrite::Kind::kThread);
}

TEST(SoftwareSettings, AreKnownForEveryWayInEverySoftware) {
  using enum WayToWrite::Kind;
  EXPECT_GE(software().size(), 8u);
  for (const Software& one : software()) {
    for (const WayToWrite::Kind kind : {kEachLine, kBuffer, kLock, kThread, kKernel}) {
      for (const std::uint64_t bytes : {0u, 4096u}) {
        for (const bool synced : {false, true}) {
          const std::string text = setting_in(one.name, {kind, bytes, synced});
          EXPECT_EQ(text.find("In " + std::string(one.title) + ": "), 0u) << text;
          EXPECT_EQ(text.find('#'), std::string::npos) << text;
          EXPECT_EQ(text.find(". To sync: ") != std::string::npos, synced) << text;
        }
      }
    }
    EXPECT_NE(setting_in(one.name, {kBuffer, 4096, false}).find("4096"), std::string::npos) << one.name;
  }
  EXPECT_EQ(setting_in("cobol", {}), "");
}

TEST(CommandText, IsQuotedForAShell) {
  EXPECT_EQ(command_text({"/usr/bin/writebench", "advise", "-n", "5k"}), "writebench advise -n 5k");
  EXPECT_EQ(command_text({"w", "a b", "it's", ""}), "writebench 'a b' 'it'\\''s' ''");
}

}  // namespace
}  // namespace writebench::cli
