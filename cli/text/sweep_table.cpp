#include "cli/text/sweep_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
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
  std::optional<double> not_swept_ns = std::nullopt;  // of a strategy without this option, or with one value of it
};

struct Sweep {
  std::string option;
  std::vector<std::string> values;  // ascending, or in the order of the run if their numbers are not known
  std::vector<Line> lines;
  bool paced = false;
  bool same_work = true;
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

std::optional<double> time_of(const Cell& cell) {
  const std::vector<double> times = engine::times_ns(cell);
  if (cell.status != engine::Outcome::kOk || cell.asked_lines || times.empty()) return std::nullopt;
  return engine::median(times);
}

// The values as numbers if the option is one of the strategy, so that they can be ordered.
void order_values(Sweep& sweep, const std::vector<Cell>& cells) {
  std::map<std::string, std::uint64_t> numbers;
  for (const Cell& cell : cells) {
    const auto parts = parts_of(cell.id);
    const OptionValue* const value = parts ? cell.parameters.find(parts->option) : nullptr;
    if (value != nullptr) numbers[parts->value] = value->number;
  }
  const bool known = std::all_of(sweep.values.begin(), sweep.values.end(),
                                 [&](const std::string& value) { return numbers.contains(value); });
  if (!known) return;
  std::sort(sweep.values.begin(), sweep.values.end(),
            [&](const std::string& a, const std::string& b) { return numbers[a] < numbers[b]; });
}

// No value unless exactly one option was swept, with numbers, and there are two values of it.
std::optional<Sweep> sweep_of(const std::vector<Cell>& cells) {
  Sweep sweep;
  for (const Cell& cell : cells) {
    const auto parts = parts_of(cell.id);
    if (!parts) continue;
    if (sweep.option.empty()) sweep.option = parts->option;
    if (parts->option != sweep.option || parts->value.find(',') != std::string::npos || !is_number(parts->value)) {
      return std::nullopt;
    }
    if (reports::is_twin(cell)) continue;
    place_of(sweep.values, parts->value, [&](const std::string& value) { return value == parts->value; });
  }
  if (sweep.values.size() < 2) return std::nullopt;
  order_values(sweep, cells);
  std::vector<const Cell*> first;
  for (const Cell& cell : cells) {
    const auto parts = parts_of(cell.id);
    // A twin that is swept has a row of its own.
    const std::string twin = reports::is_twin(cell) ? cell.id.substr(std::min(cell.id.size(), cell.id.rfind('#'))) : "";
    const std::string name = cell.strategy.name + twin;
    const std::size_t row = place_of(sweep.lines, Line{.strategy = name, .times_ns = {}},
                                     [&](const Line& line) { return line.strategy == name; });
    if (row == first.size()) first.push_back(&cell);
    Line& line = sweep.lines[row];
    line.times_ns.resize(sweep.values.size());
    line.same_work = line.same_work && engine::same_work(cell, *first[row]);
    sweep.same_work = sweep.same_work && engine::same_work(cell, cells.front()) && !cell.asked_lines;
    sweep.paced = sweep.paced || reports::has_rate(cell);
    if (!parts) {
      line.not_swept_ns = time_of(cell);
      continue;
    }
    const std::string value = parts->value.substr(0, parts->value.find('#'));
    const auto column = std::find(sweep.values.begin(), sweep.values.end(), value) - sweep.values.begin();
    line.times_ns[static_cast<std::size_t>(column)] = time_of(cell);
  }
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
  Column names{.title = sweep.option, .left = true, .cut = true, .worth = Column::kAlways, .fields = {}};
  for (const Line& line : sweep.lines) names.fields.push_back(line.strategy);
  const auto column_of = [&](const std::string& title, auto time_in) {
    Column column{.title = title, .left = false, .cut = false, .worth = Column::kAlways, .fields = {}};
    for (const Line& line : sweep.lines) {
      const std::optional<double> time = time_in(line);
      column.fields.push_back(time ? format_time(*time) : kNothing);
    }
    return column;
  };
  Column not_swept = column_of("not swept", [](const Line& line) { return line.not_swept_ns; });
  std::string out;
  for (std::size_t value = 0; value < sweep.values.size();) {
    std::vector<Column> block{names};
    if (value == 0 && !is_empty(not_swept)) block.push_back(not_swept);
    const std::size_t least = block.size() + 1;
    for (; value < sweep.values.size(); ++value) {
      block.push_back(column_of(sweep.values[value], [value](const Line& line) { return line.times_ns[value]; }));
      if (block.size() > least && width_of(block, kColumnGap) > room) {
        block.pop_back();
        break;
      }
    }
    block = fitted(std::move(block), room, kColumnGap, unicode);
    out += (out.empty() ? "" : "\n") + title_line(block, kColumnGap) + "\n";
    for (std::size_t row = 0; row < sweep.lines.size(); ++row) out += row_line(block, row, kColumnGap) + "\n";
  }
  return out;
}

}  // namespace

SweepTable render_sweep(const reports::Report& report, std::size_t columns, bool unicode) {
  const std::optional<Sweep> sweep = sweep_of(report.cells);
  // The pace says how long a paced run takes, whatever the option.
  if (!sweep || sweep->paced) return {};
  SweepTable table{.text = blocks(*sweep, columns, unicode), .replaces_rows = sweep->same_work};
  for (const Line& line : sweep->lines) {
    if (const auto sentence = knee(line, sweep->values)) {
      table.text += wrapped("", *sentence, columns) + "\n";
    }
  }
  return table;
}

}  // namespace writebench::cli
