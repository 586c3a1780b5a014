#include "cli/text/crash_text.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

namespace writebench::cli {
namespace {

using reports::Deaths;
using reports::Fault;
using reports::Report;

constexpr Terminal kEightyColumns{.columns = 80};

Deaths deaths_of(const std::string& cell, std::uint64_t bytes, std::optional<std::uint64_t> bound) {
  Deaths deaths{.cell = cell, .running_ns = 1'000'000, .bound_bytes = bound};
  for (std::uint64_t i = 0; i < 50; ++i) {
    const std::uint64_t lost = bytes * i / 49;
    deaths.losses.push_back(
        {.lost_lines = lost / 12, .lost_bytes = lost, .lost_ns = static_cast<std::int64_t>(lost * 100)});
  }
  return deaths;
}

Report crash_report_of(std::vector<Deaths> cells) {
  Report report;
  report.complete = true;
  report.environment.file_system = "ext4";
  for (const Deaths& deaths : cells) {
    report.cells.emplace_back().id = deaths.cell;
    report.cells.back().status = engine::Outcome::kOk;
  }
  report.crash_test = reports::CrashTest{.deaths = 50, .cells = std::move(cells)};
  return report;
}

std::string line_of(const std::string& text, const std::string& name) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(name)) return line;
  }
  return "";
}

std::size_t columns_of(const std::string& text) {
  std::istringstream lines(text);
  std::size_t most = 0;
  for (std::string line; std::getline(lines, line);) most = std::max(most, width(line));
  return most;
}

TEST(CrashText, ShowsWhatWasLostBesideTheBound) {
  const std::string text = render_crash_test(
      crash_report_of({deaths_of("sync-buffered", 60'000, 65'536), deaths_of("write-per-line", 0, 0)}), kEightyColumns);
  EXPECT_LE(columns_of(text), 80u) << text;
  EXPECT_TRUE(text.starts_with("What is lost if the writing process is killed, in ext4\n")) << text;
  const std::string buffered = line_of(text, "sync-buffered");
  for (const char* part : {" 50 ", " 98% ", " 5000 ", "60.0 kB", "65.5 kB", "6.00 ms"}) {
    EXPECT_NE(buffered.find(part), std::string::npos) << part << " in " << buffered;
  }
  EXPECT_NE(line_of(text, "write-per-line").find(" 0% "), std::string::npos) << text;
  EXPECT_EQ(text.find("failed"), std::string::npos);
  EXPECT_EQ(text.find("incomplete"), std::string::npos);
}

TEST(CrashText, NamesEachKindOfFaultWithItsFirstPlace) {
  Report report = crash_report_of({deaths_of("careless", 700, std::nullopt)});
  Deaths& deaths = report.crash_test->cells.front();
  deaths.losses[3].faults = {{Fault::kDurableLost, 1, 8, "line 3, whose append had returned"}};
  deaths.losses[7].faults = {{Fault::kDurableLost, 1, 8, "line 9"}, {Fault::kWrong, 1, 5, "byte 70"}};
  const std::string text = render_crash_test(report, kEightyColumns);
  EXPECT_LE(columns_of(text), 80u);
  EXPECT_TRUE(line_of(text, "careless").ends_with(" 2")) << line_of(text, "careless");
  EXPECT_NE(text.find("failed: careless: what was durable is lost (2 times, first: line 3,"), std::string::npos)
      << text;
  EXPECT_NE(text.find("failed: careless: wrong bytes (once: byte 70)"), std::string::npos) << text;
}

TEST(CrashText, GivesTheDeathsOfTheMachineATableOfTheirOwn) {
  Deaths cuts = deaths_of("sync", 600'000, std::nullopt);
  cuts.death = reports::Death::kMachine;
  cuts.trials = 4;
  const std::string text = render_crash_test(crash_report_of({deaths_of("sync", 600, 4104), cuts}), {.columns = 120});
  const std::size_t machine = text.find("What is lost if the machine loses power, in ext4 on a simulated disk\n");
  ASSERT_NE(machine, std::string::npos) << text;
  EXPECT_LT(text.find(" kills "), machine);
  EXPECT_NE(text.find(" cuts ", machine), std::string::npos);
  const std::size_t row = text.find("\nsync ", machine);
  ASSERT_NE(row, std::string::npos);
  EXPECT_NE(text.find("600 kB", row), std::string::npos);
  EXPECT_EQ(text.find("bound  ", machine), std::string::npos) << "the options bound what a process's death takes";
  EXPECT_NE(text.find("50 cuts of 4 recorded trials."), std::string::npos) << text;
}

TEST(CrashText, SaysWhyAKindOfDeathWasNotTested) {
  Report report = crash_report_of({deaths_of("sync", 600, 4104)});
  report.crash_test->unavailable = {{reports::Death::kMachine, "it needs \033[31mroot"}};
  const std::string text = render_crash_test(report, kEightyColumns);
  EXPECT_NE(text.find("not tested: the death of the machine: it needs \\x1b[31mroot"), std::string::npos) << text;
}

TEST(CrashText, SaysWhyACellHasNoDeaths) {
  Report report = crash_report_of({Deaths{.cell = "throws", .failure = "out of \033[31mink"}});
  report.complete = false;
  const std::string text = render_crash_test(report, kEightyColumns);
  EXPECT_NE(text.find("failed: throws: out of \\x1b[31mink"), std::string::npos) << text;
  EXPECT_NE(text.find("(incomplete)"), std::string::npos);
  EXPECT_NE(render_crash_test(crash_report_of({}), kEightyColumns).find("Nothing died"), std::string::npos);
}

TEST(CrashText, TellsWhatCannotRunFromWhatFailed) {
  Report report = crash_report_of({deaths_of("sync", 0, 0)});
  engine::Cell& cell = report.cells.emplace_back();
  cell.id = "thread-pool";
  cell.status = engine::Outcome::kUnavailable;
  cell.status_detail = "cannot do that";
  const std::string text = render_crash_test(report, kEightyColumns);
  EXPECT_NE(text.find("not tested: thread-pool: cannot do that\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("failed"), std::string::npos) << text;
}

TEST(CrashText, FitsNarrowTerminalsAndKeepsWhatMattersMost) {
  const Report report = crash_report_of({deaths_of("double-buffered@buffer-size=64KiB,threads=2", 120'000, 131'072)});
  for (const std::size_t columns : {40u, 60u, 80u, 200u}) {
    const std::string text = render_crash_test(report, {.columns = columns});
    EXPECT_LE(columns_of(text), columns) << text;
    EXPECT_NE(text.find("120 kB"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace writebench::cli
