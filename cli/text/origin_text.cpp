#include "cli/text/origin_text.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

constexpr const char* kOwnLanguage = "C++";

std::string language_of(const Cell& cell) {
  return cell.strategy.language.empty() ? kOwnLanguage : cell.strategy.language;
}

std::string own_reference_of(const Cell& cell) {
  return cell.strategy.own_reference.empty() ? std::string(reports::kReference) : cell.strategy.own_reference;
}

// The cells by language, in the order of the report; ours first.
std::vector<const Cell*> rows_of(const reports::Report& report) {
  std::vector<const Cell*> rows;
  for (const Cell& cell : report.cells) {
    const bool other_program = !cell.strategy.command.empty() && cell.strategy.language.empty();
    const bool has_time = !engine::times_ns(cell).empty();
    if (has_time && cell.parameters.lines > 0 && !reports::is_control(cell) && !other_program) rows.push_back(&cell);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const Cell* a, const Cell* b) {
    return a->strategy.language.empty() && !b->strategy.language.empty();
  });
  return rows;
}

std::string ratio_text(const Cell& cell, std::string_view reference, const std::vector<Cell>& cells) {
  if (cell.strategy.name == reference) return "reference";
  const std::optional<double> ratio = reports::per_line_ratio(cell, reference, cells);
  return ratio ? format_ratio(*ratio) : kNothing;
}

}  // namespace

std::string render_languages(const reports::Report& report, const Terminal& terminal) {
  const std::vector<const Cell*> rows = rows_of(report);
  if (std::none_of(rows.begin(), rows.end(), [](const Cell* cell) { return !cell->strategy.language.empty(); }))
    return "";
  std::vector<Column> columns{
      {.title = "", .left = true, .cut = false, .worth = Column::kAlways, .fields = {}},
      {.title = "strategy", .left = true, .cut = true, .worth = Column::kAlways, .fields = {}},
      {.title = "per line", .worth = Column::kAlways, .fields = {}},
      {.title = "vs own sync", .worth = Column::kAlways, .fields = {}},
      {.title = "vs " + std::string(reports::kReference), .worth = 50, .fields = {}},
  };
  std::string language;
  for (const Cell* cell : rows) {
    const std::vector<double> times = engine::times_ns(*cell);
    const std::string own = language_of(*cell);
    const double ns_per_line = engine::median(times) / static_cast<double>(cell->parameters.lines);
    const std::vector<std::string> fields{
        own != language ? own : "", printable(cell->id), format_time_per_line(ns_per_line),
        ratio_text(*cell, own_reference_of(*cell), report.cells), ratio_text(*cell, reports::kReference, report.cells)};
    for (std::size_t i = 0; i < columns.size(); ++i) columns[i].fields.push_back(fields[i]);
    language = own;
  }
  columns = fitted(std::move(columns), terminal.columns, kColumnGap, terminal.unicode);
  std::string text = "by language\n" + title_line(columns, kColumnGap) + "\n";
  for (std::size_t row = 0; row < rows.size(); ++row) text += row_line(columns, row, kColumnGap) + "\n";
  return text +
         wrapped("", "The ratios are of the median times of a line, whatever fraction of the lines a row ran on.",
                 terminal.columns) +
         "\n";
}

}  // namespace writebench::cli
