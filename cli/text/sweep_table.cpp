#include "cli/text/sweep_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <vector>

#include "cli/text/columns.hpp"
#include "cli/text/format_quantity.hpp"
#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

using engine::Cell;

// A value within this share of the best is as good as the best.
constexpr double kAsGood = 0.05;

struct Line {
  std::string strategy;
  std::vector<std::optional<double>> times_ns;  // one for each value
  bool same_work = true;
};

struct Sweep {
  std::string option;
  std::vector<std::string> values;  // in the order of the run
  std::vector<Line> lines;
};

// "strategy@option=value", the identity of a cell with one swept option.
struct Parts {
  std::string strategy, option, value;
};

std::optional<Parts> parts_of(const std::string& id) {
  const std::size_t at = id.find('@');
  const std::size_t equals = id.find('=', at == id.npos ? 0 : at);
  if (at == id.npos || equals == id.npos) return std::nullopt;
  return Parts{id.substr(0, at), id.substr(at + 1, equals - at - 1), id.substr(equals + 1)};
}

bool is_number(const std::string& value) { return !value.empty() && value.front() >= '0' && value.front() <= '9'; }

template <class T, class Same>
std::size_t place_of(std::vector<T>& list, T value, Same same) {
  const auto found = std::find_if(list.begin(), list.end(), same);
  if (found != list.end()) return static_cast<std::size_t>(found - list.begin());
  list.push_back(std::move(value));
  return list.size() - 1;
}

// Nothing unless exactly one option was swept, with numbers, and some strategy has two values of it.
std::optional<Sweep> sweep_of(const std::vector<Cell>& cells) {
  Sweep sweep;
  std::vector<const Cell*> first;
  for (const Cell& cell : cells) {
    const auto parts = parts_of(cell.id);
    if (!parts || cell.id.find('#') != cell.id.npos || cell.strategy.family == "control") continue;
    if (sweep.option.empty()) sweep.option = parts->option;
    if (parts->option != sweep.option || parts->value.find(',') != std::string::npos || !is_number(parts->value)) {
      return std::nullopt;
    }
    const std::size_t column =
        place_of(sweep.values, parts->value, [&](const std::string& value) { return value == parts->value; });
    const std::size_t row = place_of(sweep.lines, Line{parts->strategy, {}, true},
                                     [&](const Line& line) { return line.strategy == parts->strategy; });
    if (row == first.size()) first.push_back(&cell);
    Line& line = sweep.lines[row];
    line.same_work = line.same_work && engine::same_work(cell, *first[row]);
    line.times_ns.resize(std::max(line.times_ns.size(), column + 1));
    const std::vector<double> times = engine::times_ns(cell);
    if (cell.status == engine::Outcome::kOk && !times.empty()) line.times_ns[column] = engine::median(times);
  }
  if (sweep.values.size() < 2) return std::nullopt;
  for (Line& line : sweep.lines) line.times_ns.resize(sweep.values.size());
  return sweep;
}

// Where more of the option stops helping.
std::optional<std::string> knee(const Line& line, const std::vector<std::string>& values) {
  std::vector<std::size_t> known;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (line.times_ns[i]) known.push_back(i);
  }
  if (known.size() < 2 || !line.same_work) return std::nullopt;
  const auto time = [&](std::size_t i) { return *line.times_ns[i]; };
  const std::size_t best =
      *std::min_element(known.begin(), known.end(), [&](std::size_t a, std::size_t b) { return time(a) < time(b); });
  const std::size_t enough =
      *std::find_if(known.begin(), known.end(), [&](std::size_t i) { return time(i) <= (1 + kAsGood) * time(best); });
  const double away = time(enough) / time(best) - 1;
  if (enough == known.back()) {
    return fmt::format("{}: still falling at the last value, {}.", line.strategy, values[enough]);
  }
  if (enough == best) return fmt::format("{}: best at {}.", line.strategy, values[best]);
  return fmt::format("{}: {} is {:.0f} % from the best, {}.", line.strategy, values[enough], 100 * away, values[best]);
}

// As many values side by side as there is room for; the rest in further blocks.
std::string blocks(const Sweep& sweep, std::size_t room, bool unicode) {
  constexpr std::size_t kGap = 2;
  Column names{.title = sweep.option, .left = true, .cut = true, .worth = Column::kAlways, .fields = {}};
  for (const Line& line : sweep.lines) names.fields.push_back(line.strategy);
  std::string out;
  for (std::size_t value = 0; value < sweep.values.size();) {
    std::vector<Column> block{names};
    for (; value < sweep.values.size(); ++value) {
      Column column{.title = sweep.values[value], .left = false, .cut = false, .worth = Column::kAlways, .fields = {}};
      for (const Line& line : sweep.lines) {
        column.fields.push_back(line.times_ns[value] ? format_time(*line.times_ns[value]) : kNothing);
      }
      block.push_back(std::move(column));
      if (block.size() > 2 && width_of(block, kGap) > room) {
        block.pop_back();
        break;
      }
    }
    block = fitted(std::move(block), room, kGap, unicode);
    out += (out.empty() ? "" : "\n") + title_line(block, kGap) + "\n";
    for (std::size_t row = 0; row < sweep.lines.size(); ++row) out += row_line(block, row, kGap) + "\n";
  }
  return out;
}

}  // namespace

std::string render_sweep(const reports::Report& report, std::size_t columns, bool unicode) {
  const std::optional<Sweep> sweep = sweep_of(report.cells);
  if (!sweep) return "";
  std::string out = blocks(*sweep, columns, unicode);
  for (const Line& line : sweep->lines) {
    if (const auto sentence = knee(line, sweep->values)) out += wrapped("", printable(*sentence), columns) + "\n";
  }
  return out;
}

}  // namespace writebench::cli
