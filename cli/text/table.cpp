#include "cli/text/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "cli/text/table_rows.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

// A bar grows from the fastest to the slowest: in proportion where they lie within a factor of 50, else with the
// logarithm.
class Bars {
 public:
  Bars(const std::vector<Section>& sections, std::size_t columns, bool unicode) : columns_(columns), unicode_(unicode) {
    for (const Section& section : sections) {
      for (const Row& row : section.rows) {
        const double time = std::max(row.summary.time_ns.median, 1.0);
        least_ = least_ == 0 ? time : std::min(least_, time);
        most_ = std::max(most_, time);
      }
    }
  }

  bool logarithmic() const { return most_ > 50 * least_; }

  std::string bar(double time) const {
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

constexpr std::size_t kLeastColumns = 80;

// The columns of each part; a table with names of up to 15 letters is 80 wide with a bar of 5.
struct Layout {
  std::size_t rank = 2;
  std::size_t name = 15;
  std::size_t bar = 0;  // 0: there is no room for one
  std::vector<std::size_t> fields{7, 6, 6, 6, 12, 4, 3, 4};
};

Layout layout_for(const TableRows& rows, const std::vector<engine::Cell>& cells, const Terminal& terminal) {
  Layout layout;
  for (const engine::Cell& cell : cells) layout.name = std::max(layout.name, width(cell.id));
  layout.fields.resize(rows.titles.size());
  const auto fit = [&](const std::vector<std::string>& fields) {
    for (std::size_t i = 0; i < fields.size(); ++i) layout.fields[i] = std::max(layout.fields[i], width(fields[i]));
  };
  fit(rows.titles);
  for (const Section& section : rows.sections) {
    for (const Row& row : section.rows) {
      layout.rank = std::max(layout.rank, width(rank_text(row)));
      fit(row.fields);
    }
  }
  const std::size_t gaps = rows.titles.size() + 2;
  const std::size_t taken =
      std::accumulate(layout.fields.begin(), layout.fields.end(), layout.rank + layout.name + gaps);
  const std::size_t columns = std::max(terminal.columns, kLeastColumns);
  constexpr std::size_t kLeastBar = 3;
  if (columns >= taken + kLeastBar) layout.bar = std::min<std::size_t>(columns - taken, 40);
  return layout;
}

std::string line_of(const Layout& layout, const std::string& rank, const std::string& name, const std::string& bar,
                    const std::vector<std::string>& fields) {
  std::string line = left(rank, layout.rank) + " " + left(name, layout.name);
  if (layout.bar != 0) {
    line += ' ';
    line += left(bar, layout.bar);
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    line += ' ';
    line += right(fields[i], layout.fields[i]);
  }
  return line;
}

}  // namespace

std::string render_table(const reports::Report& report, const Terminal& terminal, const SortKey& sort) {
  const auto styled = [&](const char* code, const std::string& text) {
    return terminal.colour ? fmt::format("\033[{}m{}\033[0m", code, text) : text;
  };
  const TableRows rows = table_rows(report, sort, terminal.unicode);
  const Layout layout = layout_for(rows, report.cells, terminal);
  const Bars bars(rows.sections, layout.bar, terminal.unicode);
  std::string out = wrapped("", rows.title, terminal.columns) + "\n\n";
  if (!rows.sections.empty()) {
    out += styled("1", line_of(layout, "", "strategy", bars.logarithmic() ? "log" : "", rows.titles)) + "\n";
  }
  for (const Section& section : rows.sections) {
    out += styled("2", wrapped("", section.heading, terminal.columns)) + "\n";
    for (const Row& row : section.rows) {
      const std::string line =
          line_of(layout, rank_text(row), printable(row.cell->id), bars.bar(row.summary.time_ns.median), row.fields);
      out += (reports::is_reference(*row.cell) ? styled("1", line) : line) + "\n";
    }
  }
  for (const engine::Cell* cell : rows.without_time) {
    out += styled("31", wrapped(left(printable(cell->id), layout.name) + " ", printable_lines(status_text(*cell)),
                                terminal.columns)) +
           "\n";
  }
  if (!report.warnings.empty()) out += "\n";
  for (const reports::Warning& warning : report.warnings) {
    out += styled("33", wrapped("warning: ", printable_lines(warning.message), terminal.columns)) + "\n";
  }
  return out;
}

}  // namespace writebench::cli
