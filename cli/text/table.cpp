#include "cli/text/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "cli/text/columns.hpp"
#include "cli/text/origin_text.hpp"
#include "cli/text/sweep_table.hpp"
#include "cli/text/table_rows.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

// A bar grows from the fastest to the slowest: in proportion if they lie within a factor of 50, else with the
// logarithm. A time that a pace fixes has none.
class Bars {
 public:
  Bars(const std::vector<Section>& sections, std::size_t columns, bool unicode) : columns_(columns), unicode_(unicode) {
    for (const Section& section : sections) {
      for (const Row& row : section.rows) {
        if (row.paced || row.cell->asked_lines) continue;
        const double time = std::max(row.summary.time_ns.median, 1.0);
        least_ = least_ == 0 ? time : std::min(least_, time);
        most_ = std::max(most_, time);
      }
    }
  }

  bool any() const { return most_ > 0; }
  bool logarithmic() const { return most_ > 50 * least_; }

  std::string bar(const Row& row) const {
    if (row.paced || row.cell->asked_lines) return "";
    const double time = row.summary.time_ns.median;
    // On the logarithmic scale the fastest still gets a visible piece.
    const double share = logarithmic() ? (1 + std::log(time / least_)) / (1 + std::log(most_ / least_)) : time / most_;
    const double cells = std::clamp(share, 0.0, 1.0) * static_cast<double>(columns_);
    if (!unicode_) return std::string(std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(cells))), '#');
    static constexpr std::array<const char*, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    const auto eighths = std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(cells * 8)));
    std::string bar;
    for (std::size_t i = 0; i < eighths / 8; ++i) bar += "█";
    return bar + kEighths[eighths % 8];
  }

 private:
  std::size_t columns_;
  bool unicode_;
  double least_ = 0;
  double most_ = 0;
};

constexpr std::size_t kGap = 1;
constexpr std::size_t kRank = 0;
constexpr std::size_t kName = 1;

std::vector<const Row*> rows_of(const TableRows& table) {
  std::vector<const Row*> rows;
  for (const Section& section : table.sections) {
    for (const Row& row : section.rows) rows.push_back(&row);
  }
  return rows;
}

// The rank, the name and whatever of the fields there is room for.
std::vector<Column> columns_of(const TableRows& table, const Terminal& terminal) {
  std::vector<Column> columns{{.title = "  ", .left = true, .cut = false, .worth = Column::kAlways, .fields = {}},
                              {.title = "strategy", .left = true, .cut = true, .worth = Column::kAlways, .fields = {}}};
  const std::vector<const Row*> rows = rows_of(table);
  for (const Row* row : rows) {
    columns[kRank].fields.push_back(rank_text(*row));
    columns[kName].fields.push_back(printable(reports::name_of(*row->cell)));
  }
  for (std::size_t i = 0; i < table.fields.size(); ++i) {
    const Field& field = table.fields[i];
    if (terminal.columns < field.least_terminal) continue;
    columns.push_back({.title = field.title, .left = false, .cut = false, .worth = field.worth, .fields = {}});
    for (const Row* row : rows) columns.back().fields.push_back(row->fields[i]);
  }
  return fitted(std::move(columns), terminal.columns, kGap, terminal.unicode);
}

// What the other columns leave over, if that is enough to show anything.
std::size_t room_for_bars(const std::vector<Column>& columns, const Terminal& terminal) {
  constexpr std::size_t kLeastBar = 5;
  constexpr std::size_t kMostBar = 40;
  const std::size_t taken = width_of(columns, kGap) + kGap;
  return terminal.columns >= taken + kLeastBar ? std::min(terminal.columns - taken, kMostBar) : 0;
}

// With bars after the names, if there is room for them.
std::vector<Column> with_bars(std::vector<Column> columns, const TableRows& table, const Terminal& terminal) {
  const std::size_t bar_columns = room_for_bars(columns, terminal);
  const Bars bars(table.sections, bar_columns, terminal.unicode);
  if (bar_columns == 0 || !bars.any()) return columns;
  Column column{.title = bars.logarithmic() ? "log scale" : "", .left = true, .cut = false, .worth = 0, .fields = {}};
  if (width(column.title) > bar_columns) column.title = "log";
  for (const Row* row : rows_of(table)) column.fields.push_back(bars.bar(*row));
  columns.insert(columns.begin() + kName + 1, std::move(column));
  return columns;
}

}  // namespace

std::string render_table(const reports::Report& report, const Terminal& terminal, const SortKey& sort) {
  const auto styled = [&](const char* code, const std::string& text) {
    return terminal.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  };
  const TableRows table = table_rows(report, sort, terminal.unicode);
  const SweepTable sweep = render_sweep(report, terminal.columns, terminal.unicode);
  // The sweep's table has times alone, in its own order.
  const bool only_sweep = sweep.replaces_rows && sort.name == sort_by_time().name;
  std::string out = wrapped("", table.title, terminal.columns) + "\n\n";
  std::size_t names = 0;
  if (!only_sweep) {
    const std::vector<Column> columns = with_bars(columns_of(table, terminal), table, terminal);
    names = width_of(columns[kName]);
    if (!table.sections.empty()) out += styled("1", title_line(columns, kGap)) + "\n";
    std::size_t at = 0;
    for (const Section& section : table.sections) {
      out += styled("2", wrapped("", section.heading, terminal.columns)) + "\n";
      for (const Row& row : section.rows) {
        if (!row.family_heading.empty()) {
          out += styled("2", wrapped("", "- " + printable(row.family_heading), terminal.columns)) + "\n";
        }
        const std::string line = row_line(columns, at++, kGap);
        out += (row.reference ? styled("1", line) : line) + "\n";
      }
    }
  }
  if (only_sweep) out += sweep.text;
  for (const engine::Cell* cell : table.without_time) {
    const std::string id = printable(cell->id);
    const std::string name =
        left(cut_in_the_middle(id, std::max(names, 2 * terminal.columns / 5), terminal.unicode), names);
    out += styled("31", wrapped(name + " ", status_text(*cell), terminal.columns)) + "\n";
  }
  if (!only_sweep && !sweep.text.empty()) out += "\n" + sweep.text;
  if (const std::string languages = render_languages(report, terminal); !languages.empty()) out += "\n" + languages;
  std::vector<std::string> notes = only_sweep ? std::vector<std::string>() : table.legend;
  notes.insert(notes.end(), table.verdicts.begin(), table.verdicts.end());
  if (!notes.empty()) out += "\n";
  for (const std::string& note : notes) out += wrapped("", note, terminal.columns) + "\n";
  if (!report.warnings.empty()) out += "\n";
  for (const reports::Warning& warning : report.warnings) {
    out += styled("33", wrapped("warning: ", warning.message, terminal.columns)) + "\n";
  }
  return out;
}

}  // namespace writebench::cli
