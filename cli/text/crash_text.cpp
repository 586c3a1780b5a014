#include "cli/text/crash_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/table_rows.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;
using reports::Death;
using reports::Deaths;
using reports::DeathSummary;
using reports::Report;
using reports::Spread;

std::string lost_count(double count) { return count < 10'000 ? fmt::format("{:.0f}", count) : format_number(count); }

std::string lost_time(double ns) { return ns == 0 ? "0" : format_time(ns); }

std::string lost_bytes_text(double bytes) { return bytes == 0 ? "0" : format_bytes(bytes); }

std::string p90_text(const Spread& spread, std::string (*text)(double)) {
  return spread.p90 ? text(*spread.p90) : kNothing;
}

std::vector<Column> columns_of(Death death, const std::vector<std::pair<std::string, const Deaths*>>& rows) {
  const char* const lines = "lines lost";
  const char* const bytes = "bytes lost";
  const char* const time = "time lost";
  std::vector<Column> columns{
      {.title = "strategy", .left = true, .cut = true, .worth = Column::kAlways, .fields = {}},
      {.title = death == Death::kProcess ? "kills" : "cuts", .worth = 50, .fields = {}},
      {.title = "lossy", .worth = 60, .fields = {}},
      {.title = "median", .worth = 40, .fields = {}, .group = lines},
      {.title = "p90", .worth = 10, .fields = {}, .group = lines},
      {.title = "max", .worth = 70, .fields = {}, .group = lines},
      {.title = "max", .worth = 90, .fields = {}, .group = bytes},
      {.title = "bound", .worth = 80, .fields = {}, .group = bytes},
      {.title = "median", .worth = 20, .fields = {}, .group = time},
      {.title = "max", .worth = 65, .fields = {}, .group = time},
      {.title = "torn", .worth = 30, .fields = {}},
      {.title = "faults", .worth = 95, .fields = {}},
  };
  for (const auto& [name, deaths] : rows) {
    const auto summary = reports::summarise(*deaths);
    std::vector<std::string> fields{name, std::to_string(deaths->losses.size())};
    if (summary) {
      const auto share = static_cast<double>(summary->lossy_deaths) / static_cast<double>(summary->deaths);
      const auto faulty = std::count_if(deaths->losses.begin(), deaths->losses.end(),
                                        [](const reports::Loss& loss) { return !loss.faults.empty(); });
      fields.insert(fields.end(),
                    {fmt::format("{:.0f}%", 100 * share), lost_count(summary->lost_lines.median),
                     p90_text(summary->lost_lines, lost_count), lost_count(summary->lost_lines.max),
                     lost_bytes_text(summary->lost_bytes.max),
                     deaths->bound_bytes ? lost_bytes_text(static_cast<double>(*deaths->bound_bytes)) : kNothing,
                     lost_time(summary->lost_ns.median), lost_time(summary->lost_ns.max),
                     std::to_string(summary->torn_deaths), faulty == 0 ? kNothing : std::to_string(faulty)});
    }
    fields.resize(columns.size(), kNothing);
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].fields.push_back(fields[i]);
  }
  if (death == Death::kMachine) {
    std::erase_if(columns, [](const Column& column) { return column.title == "bound"; });
  }
  return columns;
}

// The names of groups may widen the columns that are left.
std::vector<Column> fitted_with_groups(const std::vector<Column>& all, const Terminal& terminal) {
  std::vector<Column> columns;
  for (std::size_t room = terminal.columns; room > 0; --room) {
    columns = fitted(all, room, kColumnGap, terminal.unicode);
    make_room_for_groups(columns, kColumnGap);
    if (width_of(columns, kColumnGap) <= terminal.columns) break;
  }
  return columns;
}

std::string fault_text(const DeathSummary::OfFault& fault) {
  const auto what = [&]() -> std::string {
    switch (fault.fault) {
      case reports::Fault::kDrainedLost: return "bytes that were with the kernel are lost";
      case reports::Fault::kDurableLost: return "what was durable is lost";
      case reports::Fault::kWrong: return "wrong bytes";
      case reports::Fault::kDoubled: return "a line twice";
      case reports::Fault::kReordered: return "lines out of order";
      case reports::Fault::kOverBound: return "more lost than its options allow";
    }
    return "";
  };
  const std::string times = fault.deaths == 1 ? "once" : fmt::format("{} times, first", fault.deaths);
  return fmt::format("{} ({}: {})", what(), times, fault.example);
}

// What went wrong, a line for each cell that failed.
std::vector<std::string> failures_of(const Report& report) {
  std::vector<std::string> lines;
  for (const Cell& cell : report.cells) {
    const bool failed =
        cell.status && cell.status != engine::Outcome::kOk && cell.status != engine::Outcome::kUnavailable;
    if (failed) lines.push_back(cell.id + ": " + status_text(cell));
  }
  for (const Deaths& deaths : report.crash_test->cells) {
    if (!deaths.failure.empty()) lines.push_back(deaths.cell + ": " + deaths.failure);
    if (const auto summary = reports::summarise(deaths)) {
      for (const auto& fault : summary->faults) lines.push_back(deaths.cell + ": " + fault_text(fault));
    }
  }
  return lines;
}

std::string title_of(Death death, const Report& report) {
  return death == Death::kProcess
             ? "What is lost if the writing process is killed, in " + report.environment.file_system
             : "What is lost if the machine loses power, in ext4 on a simulated disk";
}

// What the columns mean, for the kinds of death that the report has.
std::vector<std::string> legend_of(const Report& report) {
  const auto& cells = report.crash_test->cells;
  const auto has = [&](Death death) {
    return std::any_of(cells.begin(), cells.end(), [&](const Deaths& deaths) { return deaths.death == death; });
  };
  std::vector<std::string> notes{
      "Lost is a line whose append had returned, and that is not whole in the file. A death is lossy if it lost any. "
      "The time is that from the return of the oldest lost append to the death."};
  if (has(Death::kProcess)) {
    notes.push_back("bound: the most that the strategy may hold in its memory by its options.");
  }
  if (has(Death::kMachine)) {
    std::size_t cuts = 0;
    std::uint64_t trials = 0;
    for (const Deaths& deaths : cells) {
      if (deaths.death != Death::kMachine) continue;
      cuts += deaths.losses.size();
      trials += deaths.trials;
    }
    notes.push_back(fmt::format(
        "cuts: of the power, at random moments: {} cuts of {} recorded {}. What the disk had not flushed by "
        "then is there, or not, or in part.",
        cuts, trials, trials == 1 ? "trial" : "trials"));
  }
  notes.push_back("torn: deaths that left only a part of a line.");
  if (std::any_of(cells.begin(), cells.end(), reports::has_failed)) {
    notes.push_back(
        "faults: deaths after which something was missing that had been acknowledged as safe from them, or that left "
        "wrong bytes, or lost more than the bound.");
  }
  return notes;
}

// The cells that ran on a fraction of their lines say so in their names.
std::string name_of(const Report& report, const Deaths& deaths) {
  const auto found =
      std::find_if(report.cells.begin(), report.cells.end(), [&](const Cell& cell) { return cell.id == deaths.cell; });
  return printable(found == report.cells.end() ? deaths.cell : reports::name_of(*found));
}

}  // namespace

std::string render_crash_test(const Report& report, const Terminal& terminal) {
  const std::size_t room = terminal.columns;
  const auto styled = [&](const char* code, const std::string& text) {
    return terminal.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  };
  std::string out;
  for (const Death death : {Death::kProcess, Death::kMachine}) {
    std::vector<std::pair<std::string, const Deaths*>> rows;
    for (const Deaths& deaths : report.crash_test->cells) {
      if (deaths.death == death) rows.emplace_back(name_of(report, deaths), &deaths);
    }
    if (rows.empty()) continue;
    out += wrapped("", printable(fmt::format("{}{}", title_of(death, report), report.complete ? "" : " (incomplete)")),
                   room) +
           "\n\n";
    const std::vector<Column> columns = fitted_with_groups(columns_of(death, rows), terminal);
    out += group_line(columns, kColumnGap) + "\n" + styled("1", title_line(columns, kColumnGap)) + "\n";
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const std::string line = row_line(columns, row, kColumnGap);
      out += (reports::has_failed(*rows[row].second) ? styled("31", line) : line) + "\n";
    }
    out += "\n";
  }
  if (out.empty()) out = "Nothing died: no strategy could be tested, or the time was up.\n\n";
  const std::vector<std::string> failures = failures_of(report);
  for (const std::string& failure : failures) {
    out += styled("31", wrapped("failed: ", printable_lines(failure), room)) + "\n";
  }
  std::size_t not_tested = 0;
  for (const reports::UnavailableDeath& one : report.crash_test->unavailable) {
    ++not_tested;
    out += wrapped("not tested: ",
                   printable_lines(fmt::format("the death of the {}: {}", to_string(one.death), one.reason)), room) +
           "\n";
  }
  for (const Cell& cell : report.cells) {
    if (cell.status != engine::Outcome::kUnavailable) continue;
    ++not_tested;
    out += wrapped("not tested: ", printable_lines(cell.id + ": " + cell.status_detail), room) + "\n";
  }
  if (!failures.empty() || not_tested > 0) out += "\n";
  for (const std::string& note : legend_of(report)) {
    out += wrapped("", note, room) + "\n";
  }
  for (const reports::Warning& warning : report.warnings) {
    out += styled("33", wrapped("warning: ", printable_lines(warning.message), room)) + "\n";
  }
  return out;
}

}  // namespace writebench::cli
