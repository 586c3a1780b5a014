#include "cli/text/columns.hpp"

#include <algorithm>

#include "cli/text/terminal.hpp"
#include "cli/text/wrap.hpp"

namespace writebench::cli {
namespace {

constexpr std::size_t kLeastName = 8;

void cut_to(Column& column, std::size_t columns, bool unicode) {
  for (std::string& field : column.fields) field = cut_in_the_middle(field, columns, unicode);
  column.title = cut_in_the_middle(column.title, columns, unicode);
}

std::size_t count_different(std::vector<std::string> fields) {
  std::sort(fields.begin(), fields.end());
  return static_cast<std::size_t>(std::unique(fields.begin(), fields.end()) - fields.begin());
}

// How wide a column must at least be, from `least` on, so that different fields stay different when they are cut.
std::size_t least_telling_width(const Column& whole, std::size_t least, bool unicode) {
  const std::size_t different = count_different(whole.fields);
  const std::size_t full = width_of(whole);
  while (least < full) {
    Column cut = whole;
    cut_to(cut, least, unicode);
    if (count_different(std::move(cut.fields)) == different) break;
    ++least;
  }
  return least;
}

std::string joined(const std::vector<Column>& columns, std::size_t gap, auto field_of) {
  std::string line;
  for (const Column& column : columns) {
    if (&column != &columns.front()) line.append(gap, ' ');
    line += aligned(column, field_of(column));
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

// Of the columns from `begin` to before `end`.
std::size_t width_between(const std::vector<Column>& columns, std::size_t begin, std::size_t end, std::size_t gap) {
  return width_of(
      {columns.begin() + static_cast<std::ptrdiff_t>(begin), columns.begin() + static_cast<std::ptrdiff_t>(end)}, gap);
}

// Where the neighbours of the same group end.
std::size_t end_of_group(const std::vector<Column>& columns, std::size_t begin) {
  std::size_t end = begin + 1;
  while (end < columns.size() && columns[end].group == columns[begin].group) ++end;
  return end;
}

}  // namespace

bool is_empty(const Column& column) {
  return std::all_of(column.fields.begin(), column.fields.end(),
                     [](const std::string& field) { return field.empty() || field == kNothing; });
}

std::size_t width_of(const Column& column) {
  std::size_t widest = width(column.title);
  for (const std::string& field : column.fields) widest = std::max(widest, width(field));
  return widest;
}

std::size_t width_of(const std::vector<Column>& columns, std::size_t gap) {
  std::size_t sum = columns.empty() ? 0 : gap * (columns.size() - 1);
  for (const Column& column : columns) sum += width_of(column);
  return sum;
}

std::vector<Column> fitted(std::vector<Column> columns, std::size_t room, std::size_t gap, bool unicode) {
  for (Column& column : columns) {
    column.title = printable(column.title);
    for (std::string& field : column.fields) field = printable(field);
  }
  std::erase_if(columns, [](const Column& column) { return column.worth < Column::kAlways && is_empty(column); });
  const auto name = std::find_if(columns.begin(), columns.end(), [](const Column& column) { return column.cut; });
  const auto over = [&] {
    const std::size_t taken = width_of(columns, gap);
    return taken > room ? taken - room : 0;
  };
  const Column whole = name == columns.end() ? Column{} : *name;
  const auto cut_name = [&](std::size_t width) {
    const auto it = std::find_if(columns.begin(), columns.end(), [](const Column& column) { return column.cut; });
    if (it == columns.end()) return;
    *it = whole;
    cut_to(*it, width, unicode);
  };
  const std::size_t full = width_of(whole);
  std::size_t shown = full;
  if (over() > 0) {
    cut_name(shown = least_telling_width(whole, std::min(full, std::max(kLeastName, 2 * room / 5)), unicode));
  }
  while (over() > 0) {
    const auto least = std::min_element(columns.rbegin(), columns.rend(),
                                        [](const Column& a, const Column& b) { return a.worth < b.worth; });
    if (least == columns.rend() || least->worth >= Column::kAlways) break;
    columns.erase(std::next(least).base());
  }
  if (const std::size_t excess = over(); excess > 0) {
    cut_name(std::max(kLeastName, shown - std::min(shown, excess)));
  } else if (shown < full) {
    cut_name(std::min(full, shown + room - width_of(columns, gap)));
  }
  return columns;
}

std::string aligned(const Column& column, const std::string& field) {
  return column.left ? left(field, width_of(column)) : right(field, width_of(column));
}

void make_room_for_groups(std::vector<Column>& columns, std::size_t gap) {
  for (std::size_t i = 0, end = 0; i < columns.size(); i = end) {
    end = end_of_group(columns, i);
    const std::size_t missing =
        width(columns[i].group) - std::min(width(columns[i].group), width_between(columns, i, end, gap));
    if (missing > 0) columns[i].title = right(columns[i].title, width_of(columns[i]) + missing);
  }
}

std::string group_line(const std::vector<Column>& columns, std::size_t gap) {
  std::string line;
  for (std::size_t i = 0; i < columns.size();) {
    const std::size_t end = end_of_group(columns, i);
    const std::size_t room = width_between(columns, i, end, gap);
    if (i > 0) line.append(gap, ' ');
    line += right(cut_after_a_word(columns[i].group, room), room);
    i = end;
  }
  return line.substr(0, line.find_last_not_of(' ') + 1);
}

std::string title_line(const std::vector<Column>& columns, std::size_t gap) {
  return joined(columns, gap, [](const Column& column) { return column.title; });
}

std::string row_line(const std::vector<Column>& columns, std::size_t row, std::size_t gap) {
  return joined(columns, gap, [row](const Column& column) { return column.fields[row]; });
}

}  // namespace writebench::cli
