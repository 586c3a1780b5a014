#include "cli/text/table.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

#include "strategies/table.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using engine::Outcome;
using engine::Sample;
using Texts = std::vector<std::string>;

constexpr Terminal kPlain{.interactive = false, .colour = false, .unicode = false, .columns = 80};
constexpr Terminal kFull{.interactive = true, .colour = true, .unicode = true, .columns = 80};

Terminal as_wide_as(Terminal terminal, std::size_t columns) {
  terminal.columns = columns;
  return terminal;
}

void add(Cell& cell, Outcome outcome, std::int64_t time_ns, const std::string& detail = "") {
  Sample sample;
  sample.round = static_cast<int>(cell.samples.size());
  sample.outcome = outcome;
  sample.drained_ns = time_ns;
  sample.detail = detail;
  cell.add(sample);
}

Cell cell_of(std::string_view name, const std::vector<std::int64_t>& times_ns, const std::string& id = "") {
  Cell cell;
  cell.id = id.empty() ? std::string(name) : id;
  cell.strategy = engine::StrategyTraits(*strategies::find(name));
  cell.bytes = 5'888'890;
  for (const std::int64_t time_ns : times_ns) add(cell, Outcome::kOk, time_ns);
  return cell;
}

reports::Report report_of(std::vector<Cell> cells) {
  reports::Report report;
  report.complete = true;
  report.environment.file_system = "ext4";
  report.environment.kernel = "Linux 6.1.0-a-rather-long-name-of-a-release-amd64";
  report.environment.cpus = 128;
  report.cells = std::move(cells);
  return report;
}

reports::Report report_of_everything() {
  std::vector<Cell> cells;
  std::int64_t time_ns = 21'000'000;
  for (const Descriptor& strategy : strategies::table()) {
    cells.push_back(cell_of(strategy.name, {time_ns, time_ns * 2, time_ns * 3, time_ns * 40}));
    time_ns += time_ns / 2;
  }
  return report_of(std::move(cells));
}

Texts lines_of(const std::string& text) {
  Texts lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::size_t widest(const std::string& text) {
  std::size_t columns = 0;
  for (const std::string& line : lines_of(text)) columns = std::max(columns, width(line));
  return columns;
}

// The line that is about this cell, without its rank; empty if there is no such line.
std::string row_of(const std::string& table, const std::string& id) {
  for (const std::string& line : lines_of(table)) {
    std::string row = line.substr(std::min(line.find_first_not_of("0123456789= "), line.size()));
    if (row.starts_with(id + " ")) return row;
  }
  return "";
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(Table, FitsTheTerminal) {
  const reports::Report report = report_of_everything();
  for (const std::size_t columns : {40u, 60u, 80u, 81u, 100u, 120u, 200u}) {
    EXPECT_LE(widest(render_table(report, as_wide_as(kPlain, columns))), columns);
  }
  EXPECT_GT(widest(render_table(report, as_wide_as(kPlain, 120))), 100u);
}

TEST(Table, FitsEightyColumnsWithTwinsAndLargeNumbers) {
  reports::Report report = report_of_everything();
  report.cells.push_back(cell_of("pwrite-parallel", {99'999'000'000'000, 3, 7}, "pwrite-parallel#2"));
  report.cells.push_back(cell_of("naive-async", std::vector<std::int64_t>(1200, 36'000'000'000'000), "naive-async#2"));
  EXPECT_LE(widest(render_table(report, kPlain)), 80u) << render_table(report, kPlain);
  EXPECT_EQ(row_of(render_table(report, kPlain), "pwrite-parallel#2").find("99999"), std::string::npos);
}

TEST(Table, CutsALongNameInTheMiddleAndStillFits) {
  const std::string name = "sync@" + std::string(60, 'n') + "=value";
  for (const std::size_t columns : {40u, 60u, 80u}) {
    const std::string table = render_table(report_of({cell_of("sync", {10}, name)}), as_wide_as(kPlain, columns));
    EXPECT_LE(widest(table), columns);
    EXPECT_TRUE(contains(table, "nn..nn") && contains(table, "10 ns") && contains(table, "  sync@")) << table;
  }
}

TEST(Table, ShowsLessInAStatedOrderWhereThereIsLessRoom) {
  std::vector<Cell> cells;
  for (const Descriptor& strategy : strategies::table()) {
    cells.push_back(cell_of(strategy.name, {1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007}));
  }
  const reports::Report report = report_of(std::move(cells));
  const auto shows = [&](std::size_t columns, const char* title) {
    return contains(render_table(report, as_wide_as(kPlain, columns)), title);
  };
  std::size_t last = 0;
  for (const char* title : {" vs sync", " per line", " ceiling", " trials", " spread", " bytes/s", " lines/s"}) {
    std::size_t first = 40;
    while (first < 200 && !shows(first, title)) ++first;
    EXPECT_LT(first, 200u) << title;
    EXPECT_GE(first, last) << title;
    last = first;
  }
  EXPECT_FALSE(shows(99, "95% of that"));
  EXPECT_TRUE(shows(100, "95% of that"));
}

TEST(Table, HasNoColumnOfDashes) {
  const std::string table = render_table(report_of({cell_of("sync", {10})}), as_wide_as(kPlain, 120));
  EXPECT_FALSE(contains(table, "ceiling") || contains(table, "spread") || contains(table, "95%")) << table;
}

Cell paced_cell(std::string_view name, std::int64_t time_ns, std::int64_t cpu_ns, std::int64_t stall_ns) {
  Cell cell = cell_of(name, {time_ns, time_ns, time_ns});
  cell.parameters.lines = 1000;
  cell.workload.pace.lines_per_second = 1000;
  for (Sample& sample : cell.samples) {
    sample.cost.user_cpu_ns = cpu_ns / 4;
    sample.cost.system_cpu_ns = cpu_ns - cpu_ns / 4;
  }
  cell.caller_stall = {.buckets = {{stall_ns, stall_ns, 200}}, .count = 200, .max_ns = stall_ns};
  return cell;
}

TEST(Table, LeadsAtAPaceWithWhatThatDoesNotFix) {
  std::vector<Cell> cells{paced_cell("sync", 1'000'000'000, 4'300'000, 20'000),
                          paced_cell("buffered", 1'000'100'000, 250'000'000, 10'000),
                          paced_cell("bulk", 1'000'000, 1'000'000, 0)};
  cells[1].loop_lag = {.buckets = {{150'000, 150'000, 900}}, .count = 900, .max_ns = 150'000};
  cells[2].caller_stall = {};
  const std::string table = render_table(report_of(cells), kPlain);
  const Texts lines = lines_of(table);
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return line.starts_with("   strategy stall p99 loop lag p99 processor    time");
  })) << table;
  EXPECT_TRUE(row_of(table, "sync").starts_with("sync       20.0 us            -     0.43%  1.00 s")) << table;
  EXPECT_TRUE(row_of(table, "buffered").starts_with("buffered   10.0 us       150 us     25.0%  1.00 s")) << table;
  EXPECT_LT(table.find("\n   buffered"), table.find("\n   sync")) << "by their stalls, and without a rank";
  for (const char* claim : {"vs sync", "ceiling", "equal", "reference", "Fastest", "tie", "1=", "keep up"}) {
    EXPECT_FALSE(contains(table, claim)) << claim << "\n" << table;
  }
  for (const std::size_t columns : {40u, 60u, 80u, 120u}) {
    EXPECT_LE(widest(render_table(report_of(cells), as_wide_as(kPlain, columns))), columns);
  }
}

TEST(Table, SaysWhoDidNotKeepUpWithThePace) {
  const std::string table = render_table(
      report_of({paced_cell("sync", 1'000'000'000, 1, 1), paced_cell("naive-async", 2'000'000'000, 1, 1)}), kPlain);
  EXPECT_TRUE(contains(table, "naive-async did not keep up: 500 of 1.00k lines/s.")) << table;
  EXPECT_FALSE(contains(table, "sync did not keep up: 1")) << table;
}

TEST(Table, RanksWhatHasNoPaceBesideWhatHas) {
  std::vector<Cell> cells{cell_of("sync", {9000, 9000, 9000}), cell_of("buffered", {3000, 3000, 3000})};
  cells.push_back(paced_cell("sync", 1'000'000'000, 4'300'000, 20'000));
  cells.back().id = "sync@rate=1000";
  const std::string table = render_table(report_of(cells), as_wide_as(kPlain, 120));
  EXPECT_TRUE(contains(table, "1  buffered") && contains(table, "2  sync ") && contains(table, "3.00x faster"))
      << table;
  EXPECT_TRUE(contains(table, "\n   sync@rate=1000")) << table;
}

TEST(Table, CallsOnlyATieWithTheReferenceEqual) {
  // The medians of all trials are a ninth apart, the one of the shared rounds is within the noise.
  Cell slower = cell_of("buffered", {100, 101, 99, 100, 112, 113, 114, 112});
  for (std::size_t i = 4; i < 8; ++i) slower.samples[i].round += 100;
  const std::string table = render_table(report_of({cell_of("sync", {100, 100, 100, 100}), slower}), kPlain);
  EXPECT_TRUE(contains(row_of(table, "buffered"), "equal*")) << table;
  EXPECT_TRUE(contains(table, "* The time is from all trials of the row")) << table;
  const std::string noisy =
      render_table(report_of({cell_of("sync", {100, 100, 100}), cell_of("buffered", {50, 190, 140})}), kPlain);
  EXPECT_TRUE(contains(row_of(noisy, "buffered"), "~1.40x slower ")) << noisy;
  EXPECT_FALSE(contains(noisy, "equal"));
}

TEST(Table, CallsTheReferenceOfEachWorkSo) {
  std::vector<Cell> cells{cell_of("sync", {10}, "sync@lines=5"), cell_of("sync", {20}, "sync@lines=6")};
  cells[1].parameters.lines = 6;
  const std::string table = render_table(report_of(cells), kPlain);
  for (const char* id : {"sync@lines=5", "sync@lines=6"})
    EXPECT_TRUE(contains(row_of(table, id), "reference")) << table;
}

TEST(Table, ShowsTheIntervalInTheTermsOfTheRatio) {
  const auto times = [](std::int64_t first, std::int64_t second) {
    std::vector<std::int64_t> all(30, first);
    std::fill(all.begin() + 15, all.end(), second);
    return all;
  };
  const std::string table = render_table(
      report_of({cell_of("sync", times(1000, 1000)), cell_of("buffered", times(200, 250)),
                 cell_of("write-per-line", times(2000, 3000)), cell_of("sync-buffered", times(980, 1010))}),
      as_wide_as(kPlain, 120));
  EXPECT_TRUE(contains(row_of(table, "buffered"), "x faster 4.00 to 5.00 ")) << table;
  EXPECT_TRUE(contains(row_of(table, "write-per-line"), "x slower 2.00 to 3.00 ")) << table;
  EXPECT_TRUE(contains(row_of(table, "sync-buffered"), "equal   -2% to +1% ")) << table;
}

TEST(Table, FlagsWhatIsAboveTheCeilingAndPrintsNoShare) {
  const std::string table = render_table(report_of({cell_of("bulk", {600, 600}), cell_of("sync", {100, 100})}), kPlain);
  EXPECT_TRUE(contains(row_of(table, "sync"), " above ")) << table;
  EXPECT_TRUE(contains(table, "above: faster than bulk") && !contains(table, "600%"));
}

TEST(Table, MarksACeilingThatRestsOnFewerRoundsThanTheTime) {
  const auto table = [](std::size_t bulk_trials) {
    return render_table(report_of({cell_of("bulk", std::vector<std::int64_t>(bulk_trials, 50)),
                                   cell_of("sync", std::vector<std::int64_t>(12, 100))}),
                        kPlain);
  };
  EXPECT_TRUE(contains(row_of(table(10), "sync"), " 50%* ")) << table(10);
  EXPECT_TRUE(contains(table(10), "* at the ceiling: it is from the rounds that bulk ran in too."));
  EXPECT_TRUE(contains(row_of(table(12), "sync"), " 50% ")) << table(12);
  EXPECT_FALSE(contains(table(12), "*"));
}

TEST(Table, EndsInAVerdictThatSaysWhatItRestsOn) {
  const auto times = [](std::int64_t ns) { return std::vector<std::int64_t>(40, ns); };
  const std::string table = render_table(
      report_of({cell_of("sync", times(300)), cell_of("buffered", times(100)), cell_of("double-buffered", times(200))}),
      as_wide_as(kPlain, 300));
  EXPECT_TRUE(contains(table,
                       "Fastest: buffered; 2.00x as fast as double-buffered (95 % interval 2.00 to 2.00, 40 rounds), "
                       "3.00x as fast as sync (95 % interval 3.00 to 3.00, 40 rounds)."))
      << table;
  const std::string tie =
      render_table(report_of({cell_of("sync", times(100)), cell_of("buffered", times(101))}), kPlain);
  EXPECT_TRUE(contains(tie, "No difference beyond the noise: sync and buffered tie.")) << tie;
  EXPECT_FALSE(contains(render_table(report_of({cell_of("sync", {10})}), kPlain), "Fastest"));
}

Cell swept(std::string_view name, const std::string& value, std::int64_t time_ns) {
  return cell_of(name, {time_ns, time_ns, time_ns}, fmt::format("{}@buffer-size={}", name, value));
}

TEST(Table, HasARowForEachStrategyOfASweepAndNamesTheKnee) {
  std::vector<Cell> cells{cell_of("sync", {900'000})};
  const std::pair<const char*, std::int64_t> knee[] = {{"4KiB", 400'000}, {"64KiB", 102'000}, {"1MiB", 100'000}};
  for (const auto& [value, ns] : knee) cells.push_back(swept("sync-buffered", value, ns));
  const std::pair<const char*, std::int64_t> falling[] = {{"4KiB", 400'000}, {"64KiB", 300'000}, {"1MiB", 200'000}};
  for (const auto& [value, ns] : falling) cells.push_back(swept("buffered", value, ns));
  const std::string table = render_table(report_of(cells), kPlain);
  EXPECT_LE(widest(table), 80u);
  const auto one_row = [&](const std::string& row) { return contains(table, "\n" + row + "\n"); };
  EXPECT_TRUE(one_row("buffer-size    not swept    4KiB   64KiB    1MiB")) << table;
  EXPECT_TRUE(one_row("sync              900 us       -       -       -")) << table;
  EXPECT_TRUE(one_row("sync-buffered          -  400 us  102 us  100 us")) << table;
  EXPECT_TRUE(one_row("sync-buffered: 64KiB is 2 % from the best, 1MiB.")) << table;
  EXPECT_TRUE(one_row("buffered: still falling at the last value, 1MiB.")) << table;
}

TEST(Table, HasNoRowForEachCellOfASweepUnlessItIsSortedByAFigure) {
  std::vector<Cell> cells{cell_of("sync", {900'000})};
  for (const auto& [value, ns] : {std::pair{"1MiB", 100'000}, {"4KiB", 400'000}}) {
    cells.push_back(swept("buffered", value, ns));
    cells.back().parameters.set(kBufferSize, std::string(value) == "4KiB" ? 4096 : 1 << 20);
  }
  cells.push_back(cell_of("buffered", {}, "buffered@buffer-size=64KiB"));
  cells.back().parameters.set(kBufferSize, 65536);
  add(cells.back(), Outcome::kFailed, 0, "out of ink");
  const std::string table = render_table(report_of(cells), kPlain);
  EXPECT_TRUE(contains(table, "\nbuffer-size  not swept    4KiB  64KiB    1MiB\n")) << "in ascending order: " << table;
  EXPECT_TRUE(contains(table, "\nbuffered             -  400 us      -  100 us\n")) << table;
  EXPECT_FALSE(contains(table, "\n1  buffered@buffer-size=1MiB")) << table;
  EXPECT_TRUE(contains(table, "buffered@buffer-size=64KiB failed: out of ink")) << table;
  EXPECT_TRUE(contains(table, "Fastest")) << table;
  for (const SortKey& sort : sort_keys()) {
    const bool long_table = contains(render_table(report_of(cells), kPlain, sort), "\n1  buffered@buffer-size=1MiB");
    EXPECT_EQ(long_table, sort.name != sort_by_time().name) << sort.name;
  }
}

TEST(Table, KeepsTheRowsOfASweepWhoseCellsDidDifferentWork) {
  std::vector<Cell> cells;
  for (const std::uint64_t lines : {1'000u, 2'000u}) {
    cells.push_back(cell_of("sync", {100'000, 100'000}, fmt::format("sync@lines={}", lines)));
    cells.back().parameters.lines = lines;
  }
  const std::string table = render_table(report_of(cells), kPlain);
  EXPECT_TRUE(contains(table, "sync@lines=1000 ") && contains(table, "\nlines    1000    2000\n")) << table;
  for (Cell& cell : cells) cell.workload.pace.lines_per_second = 1000;
  EXPECT_FALSE(contains(render_table(report_of(cells), kPlain), "\nlines ")) << "the pace says how long it takes";
}

TEST(Table, PutsASweepOfManyValuesInBlocksThatFit) {
  std::vector<Cell> cells;
  for (int i = 1; i <= 40; ++i) cells.push_back(swept("sync-buffered", std::to_string(i * 1000), 1'000'000 / i));
  for (const std::size_t columns : {40u, 60u, 80u}) {
    const std::string table = render_table(report_of(cells), as_wide_as(kPlain, columns));
    EXPECT_LE(widest(table), columns);
    for (int i = 1; i <= 40; ++i) EXPECT_TRUE(contains(table, " " + std::to_string(i * 1000)));
  }
}

TEST(Table, HasNoEscapeCodesWithoutColourAndNothingButAsciiWithoutUnicode) {
  reports::Report report = report_of_everything();
  report.warnings = {{"few-trials", "too few"}};
  add(report.cells[3], Outcome::kFailed, 0, "out of ink");
  const std::string table = render_table(report, kPlain);
  EXPECT_TRUE(std::all_of(table.begin(), table.end(), [](char c) { return c == '\n' || (c >= ' ' && c <= '~'); }))
      << table;
}

TEST(Table, HasColourAndBarsOfEighthsWhereTheTerminalCan) {
  const std::string table = render_table(report_of_everything(), as_wide_as(kFull, 140));
  EXPECT_TRUE(contains(table, "\033["));
  EXPECT_TRUE(contains(table, "█"));
  EXPECT_TRUE(contains(table, "±"));
  EXPECT_EQ(std::count(table.begin(), table.end(), '\033') % 2, 0) << "what is switched on is switched off";
}

TEST(Table, SaysTheSameWithColourAsWithout) {
  const reports::Report report = report_of_everything();
  Terminal terminal = kFull;
  std::string coloured = render_table(report, terminal);
  terminal.colour = false;
  for (const std::string code : {"\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[33m"}) {
    for (std::size_t at = coloured.find(code); at != std::string::npos; at = coloured.find(code)) {
      coloured.erase(at, code.size());
    }
  }
  EXPECT_EQ(coloured, render_table(report, terminal));
}

TEST(Table, GroupsByContractAndSortsByTimeWithin) {
  const std::string table =
      render_table(report_of({cell_of("bulk", {5}), cell_of("sync", {30}), cell_of("buffered", {10}),
                              cell_of("naive-async", {20}), cell_of("thread-pool", {1})}),
                   kPlain);
  std::size_t at = 0;
  for (const char* const next :
       {"\nall lines in order\n", " buffered  ", " sync  ", "\neach writer's lines in order\n", " naive-async ",
        "\nwhole lines in any order\n", " thread-pool ", "\ncontrols\n", " bulk "}) {
    const std::size_t found = table.find(next);
    ASSERT_NE(found, std::string::npos) << next << " in: " << table;
    EXPECT_GE(found + 1, at) << next << " in: " << table;
    at = found;
  }
}

// The ids of the rows of one group, from above.
Texts order_by(const std::string& key, const reports::Report& report) {
  const auto keys = sort_keys();
  const auto sort = std::find_if(keys.begin(), keys.end(), [&](const SortKey& each) { return each.name == key; });
  Texts ids;
  for (const std::string& line : lines_of(render_table(report, kPlain, *sort))) {
    for (const Cell& cell : report.cells) {
      if (contains(line.substr(0, 20), fmt::format(" {} ", cell.id))) ids.push_back(cell.id);
    }
  }
  return ids;
}

TEST(Table, SortsWithinAGroupByWhatIsAskedFor) {
  reports::Report report =
      report_of({cell_of("sync", {30}), cell_of("write-per-line", {20}), cell_of("buffered", {10})});
  const auto set = [&](std::size_t cell, std::int64_t user_cpu_ns, std::int64_t stall_ns) {
    report.cells[cell].samples[0].cost.user_cpu_ns = user_cpu_ns;
    report.cells[cell].samples[0].cost.system_cpu_ns = 1;
    report.cells[cell].caller_stall = {.buckets = {{stall_ns, stall_ns, 1000}}, .count = 1000, .max_ns = stall_ns};
  };
  set(0, 5, 700);
  set(1, 7, 600);
  report.cells[2].samples[0].cost.write_syscalls = 1;
  EXPECT_EQ(order_by("time", report), (Texts{"buffered", "write-per-line", "sync"}));
  EXPECT_EQ(order_by("name", report), (Texts{"buffered", "sync", "write-per-line"}));
  EXPECT_EQ(order_by("strategy", report), (Texts{"sync", "write-per-line", "buffered"}));
  EXPECT_EQ(order_by("cpu", report), (Texts{"sync", "write-per-line", "buffered"})) << "the unknown last";
  EXPECT_EQ(order_by("stall", report), (Texts{"write-per-line", "sync", "buffered"}));
  EXPECT_EQ(order_by("write-syscalls", report), (Texts{"buffered", "write-per-line", "sync"}));
}

TEST(Table, HasAColumnForWhatItIsSortedByAndStillFits) {
  reports::Report report = report_of_everything();
  for (Cell& cell : report.cells) {
    engine::Cost& cost = cell.samples[0].cost;
    cost.user_cpu_ns = cost.system_cpu_ns = cost.write_syscalls = cost.peak_rss_bytes = 1;
    cell.caller_stall = {.buckets = {{1, 1, 1000}}, .count = 1000, .max_ns = 1};
  }
  for (const SortKey& sort : sort_keys()) {
    const std::string table = render_table(report, kPlain, sort);
    EXPECT_LE(widest(table), 80u) << sort.name;
    EXPECT_TRUE(contains(table, sort.title)) << sort.name;
  }
}

TEST(Table, RanksWhatIsBeyondDoubtAndMarksTies) {
  const std::string table =
      render_table(report_of({cell_of("sync", {300, 301, 302}), cell_of("buffered", {100, 99, 101}),
                              cell_of("double-buffered", {101, 98, 100})}),
                   kPlain);
  EXPECT_TRUE(contains(table, "\n1= buffered")) << table;
  EXPECT_TRUE(contains(table, "\n1= double-buffered")) << table;
  EXPECT_TRUE(contains(table, "\n3  sync")) << table;
}

TEST(Table, ShowsTheTimeTheRateTheRatiosAndTheTrials) {
  const std::string table =
      render_table(report_of({cell_of("bulk", {25'000'000, 25'000'000}), cell_of("sync", {100'000'000, 100'000'000}),
                              cell_of("naive-async", {1'200'000'000, 1'300'000'000})}),
                   as_wide_as(kPlain, 120));
  EXPECT_TRUE(contains(row_of(table, "sync"), "100 ms")) << table;
  EXPECT_TRUE(contains(row_of(table, "sync"), "reference")) << table;
  const std::string row = row_of(table, "naive-async");
  for (const char* const field : {"1.25 s", "2.50 us", "400k", "4.71 MB/s", "12.5x slower", " 2%", " 2 ", "+-4%"}) {
    EXPECT_TRUE(contains(row, field)) << field << " in: " << row;
  }
}

TEST(Table, ShowsOnlyTheReferenceItselfAsReference) {
  Cell twin = cell_of("sync", {30}, "sync#2");
  twin.twin_of = "sync";
  const std::string table = render_table(report_of({cell_of("sync", {10}), twin}), kPlain);
  EXPECT_TRUE(contains(row_of(table, "sync"), "reference")) << table;
  EXPECT_TRUE(contains(row_of(table, "sync#2"), "3.00x slower")) << table;
}

TEST(Table, KnowsTheReferenceOfEachWorkloadOfASweep) {
  Cell longer = cell_of("sync", {30}, "sync@lines=2");
  longer.parameters.lines = 2;
  reports::Report report = report_of({cell_of("sync", {10}, "sync@lines=1"), longer});
  const std::string table = render_table(report, kFull);
  for (const char* const id : {"sync@lines=1", "sync@lines=2"}) {
    EXPECT_TRUE(contains(row_of(render_table(report, kPlain), id), "reference")) << id;
  }
  const Texts lines = lines_of(table);
  EXPECT_EQ(std::count_if(lines.begin(), lines.end(), [](const auto& line) { return line.starts_with("\033[1m"); }), 3)
      << "the titles and both references are bold: " << table;
}

TEST(Table, ShowsADashIfAValueIsNotKnownForThisRowAlone) {
  const std::string table =
      render_table(report_of({cell_of("null", {10}), cell_of("bulk", {10, 11}), cell_of("sync", {20, 21})}),
                   as_wide_as(kPlain, 120));
  const std::string row = row_of(table, "null");
  EXPECT_EQ(std::count(row.begin(), row.end(), '-'), 3) << "bytes/s, ceiling, spread: " << table;
}

TEST(Table, GivesAControlThatTookNoTimeNoNonsense) {
  Cell cell = cell_of("null", {0, 0, 0});
  cell.parameters.lines = 0;
  const std::string table = render_table(report_of({cell}), kPlain);
  EXPECT_FALSE(contains(table, "nan") || contains(table, "inf")) << table;
}

TEST(Table, DrawsBarsInProportionOrSaysThatTheyAreLogarithmic) {
  const auto bar = [](const std::string& row) { return std::count(row.begin(), row.end(), '#'); };
  const auto near = render_table(report_of({cell_of("sync", {10'000}), cell_of("buffered", {20'000})}), kPlain);
  EXPECT_FALSE(contains(near, "log"));
  EXPECT_GE(bar(row_of(near, "buffered")), 5);
  EXPECT_NEAR(static_cast<double>(bar(row_of(near, "sync"))), static_cast<double>(bar(row_of(near, "buffered"))) / 2,
              1);
  const auto far = render_table(report_of({cell_of("sync", {10'000}), cell_of("buffered", {2'000'000})}), kPlain);
  EXPECT_TRUE(contains(far, "log"));
  EXPECT_TRUE(contains(row_of(far, "sync"), "#")) << far;
}

TEST(Table, ShowsWhatFailedWithItsDetailAndWithoutATime) {
  Cell incorrect = cell_of("buffered", {});
  add(incorrect, Outcome::kIncorrect, 123'456'000, "1 line lost, line 5 (byte 35)");
  Cell failed_later = cell_of("thread-pool", {123'456'000});
  add(failed_later, Outcome::kFailed, 0, "out of ink");
  Cell unavailable = cell_of("bulk", {});
  unavailable.status = Outcome::kUnavailable;
  unavailable.status_detail = "needs a kernel of next year";
  const std::string table = render_table(
      report_of({cell_of("sync", {10}), incorrect, failed_later, unavailable, cell_of("null", {})}), kPlain);
  EXPECT_TRUE(contains(row_of(table, "buffered"), "incorrect: 1 line lost, line 5 (byte 35)")) << table;
  EXPECT_TRUE(contains(row_of(table, "thread-pool"), "failed: out of ink")) << table;
  EXPECT_TRUE(contains(row_of(table, "bulk"), "unavailable: needs a kernel of next year")) << table;
  EXPECT_TRUE(contains(row_of(table, "null"), "not run")) << table;
  EXPECT_FALSE(contains(table, "123 ms")) << table;
}

TEST(Table, WrapsALongDetailUnderItself) {
  Cell failed = cell_of("buffered", {});
  std::string detail = "write";
  for (int i = 0; i < 40; ++i) detail += " word" + std::to_string(i);
  add(failed, Outcome::kFailed, 0, detail);
  const std::string table = render_table(report_of({failed}), kPlain);
  EXPECT_LE(widest(table), 80u);
  EXPECT_TRUE(contains(table, "\n         word")) << table;
  for (int i = 0; i < 40; ++i) EXPECT_TRUE(contains(table, "word" + std::to_string(i)));
}

TEST(Table, PutsADetailOfSeveralLinesUnderItself) {
  Cell failed = cell_of("buffered", {});
  add(failed, Outcome::kFailed, 0, "two\nlines");
  EXPECT_TRUE(contains(render_table(report_of({failed}), kPlain), "failed: two lines"));
}

TEST(Table, EndsWithTheWarnings) {
  reports::Report report = report_of({cell_of("sync", {10})});
  report.warnings = {
      {"few-trials", "the budget did not reach for three trials of anything at all; raise --budget or so"}};
  const Texts lines = lines_of(render_table(report, kPlain));
  ASSERT_GE(lines.size(), 2u);
  EXPECT_TRUE(lines[lines.size() - 2].starts_with("warning: the budget"));
  EXPECT_TRUE(lines.back().starts_with("         "));
}

TEST(Table, SaysWhatWasWrittenAndWhere) {
  const std::string table = render_table(report_of({cell_of("sync", {10})}), kPlain);
  for (const char* const part : {"500000 lines", "5888890 bytes", "durability none", "ext4", "128", "processors"}) {
    EXPECT_TRUE(contains(table, part)) << part << " in: " << table;
  }
}

TEST(Table, ShowsARowOnAFractionOfTheLinesPerLineAndRanksItWithNoOne) {
  Cell cut = cell_of("double-buffered", {7'000'000'000, 7'000'000'000});
  cut.asked_lines = cut.parameters.lines;
  cut.parameters.lines /= 10;
  reports::Report report =
      report_of({cell_of("sync", {40'000'000, 41'000'000}), cut, cell_of("buffered", {90'000'000})});
  for (const std::size_t columns : {40u, 60u, 80u, 120u}) {
    const std::string table = render_table(report, as_wide_as(kPlain, columns));
    EXPECT_LE(widest(table), columns) << table;
    EXPECT_TRUE(contains(table, "140 us")) << "per line: " << table;
    EXPECT_FALSE(contains(table, "7.00 s")) << table;
  }
  const std::string table = render_table(report, as_wide_as(kPlain, 120));
  EXPECT_TRUE(contains(table, "500000 lines, 5888890 bytes")) << "what was asked for: " << table;
  EXPECT_TRUE(contains(table, "on a fraction of the lines: not ranked\n   double-buffered (1/10 of lines)")) << table;
  EXPECT_FALSE(contains(table, "Fastest: double-buffered")) << table;
}

TEST(Table, SaysThatARunIsIncomplete) {
  reports::Report report = report_of({cell_of("sync", {10})});
  EXPECT_FALSE(contains(render_table(report, kPlain), "incomplete"));
  report.complete = false;
  EXPECT_TRUE(
      contains(render_table(report, as_wide_as(kPlain, 200)), "incomplete: the run was interrupted, or goes on"));
}

TEST(Table, WritesNoFactorWithAnExponent) {
  std::vector<std::int64_t> slow(30, 2'720'000'000);
  std::vector<std::int64_t> fast(30, 1'000'000);
  const std::string table =
      render_table(report_of({cell_of("sync", fast), cell_of("write-per-line", slow)}), as_wide_as(kPlain, 140));
  EXPECT_FALSE(contains(table, "e+")) << table;
  EXPECT_TRUE(contains(table, "2720 to 2720")) << table;
}

TEST(Table, SaysHowManyProcessorsAQuotaLeaves) {
  reports::Report report = report_of({cell_of("sync", {10})});
  report.environment.cpus = 2;
  report.environment.cgroup_cpus = 0.2;
  EXPECT_TRUE(contains(render_table(report, kPlain), "0.2 of 2 processors"));
  report.environment.cgroup_cpus = 2.5;
  EXPECT_FALSE(contains(render_table(report, kPlain), " of 2 processors"));
}

TEST(Table, OfNothingSaysSo) { EXPECT_TRUE(contains(render_table(report_of({}), kPlain), "nothing was run")); }

// Twenty strategies: from there on the rows of a family stand together.
TEST(Table, OfManyStrategiesBringsFamiliesTogether) {
  std::vector<Cell> cells{cell_of("sync", {100, 101, 102})};
  for (int i = 0; i < 9; ++i) {
    const std::int64_t time_ns = 1'000'000 + 200'000 * i;
    cells.push_back(cell_of("sync-buffered", {time_ns, time_ns}, fmt::format("caller-{}", i)));
    cells.back().strategy.name = cells.back().id;
    cells.push_back(cell_of("double-buffered", {time_ns + 100'000, time_ns + 100'000}, fmt::format("hand-off-{}", i)));
    cells.back().strategy.name = cells.back().id;
  }
  const auto families = [](const std::string& text) {
    Texts found;
    for (const std::string& line : lines_of(text)) {
      if (line.starts_with("- ")) found.push_back(line);
    }
    return found;
  };
  const reports::Report few = report_of(cells);
  EXPECT_EQ(families(render_table(few, kPlain, sort_by_time())), Texts());
  cells.push_back(cell_of("null", {50, 50}));
  cells.push_back(cell_of("naive-async", {70, 70}));
  const reports::Report many = report_of(cells);
  const std::string table = render_table(many, kPlain, sort_by_time());
  EXPECT_EQ(families(table), (Texts{"- caller writes", "- hand-off"})) << "one family alone has no heading";
  EXPECT_LT(table.find("caller-8"), table.find("hand-off-0"));
  EXPECT_LE(widest(table), 80u);
  const auto by_name =
      std::find_if(sort_keys().begin(), sort_keys().end(), [](auto& key) { return key.name == "name"; });
  EXPECT_EQ(families(render_table(many, kPlain, *by_name)), Texts()) << "asked for another order";
}

}  // namespace
}  // namespace writebench::cli
