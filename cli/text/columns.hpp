#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace writebench::cli {

/// Blanks between two columns.
inline constexpr std::size_t kColumnGap = 2;

/// One column of a table for people, with a field for each row.
struct Column {
  /// The worth of a column that is never left out.
  static constexpr int kAlways = 1000;

  std::string title;
  bool left = false;  ///< aligned to the left, else to the right
  bool cut = false;   ///< its fields may be cut in the middle
  int worth = 0;      ///< if there is no room for all, the column that is worth least goes first
  std::vector<std::string> fields;
  std::string group = "";  ///< what stands above the titles of neighbours of the same group
};

/// "-": a field whose value is not known or does not apply.
inline constexpr const char* kNothing = "-";

/// Whether no row has anything in this column.
bool is_empty(const Column& column);

/// The columns of the table that fits into `room` columns of a terminal: without the empty ones; then without those
/// that are worth least. Names that take more than two fifths of the room are cut before a column is left out, as long
/// as they can be told apart, and as far as needed when none is left that may be left out. Of columns of the same worth
/// the last goes first.
std::vector<Column> fitted(std::vector<Column> columns, std::size_t room, std::size_t gap, bool unicode);

/// How wide a column, or the table of these columns, is.
std::size_t width_of(const Column& column);
std::size_t width_of(const std::vector<Column>& columns, std::size_t gap);

/// Widens the first column of each group to where the group's name fits.
void make_room_for_groups(std::vector<Column>& columns, std::size_t gap);

/// A field as wide as its column.
std::string aligned(const Column& column, const std::string& field);

/// The groups above the titles.
std::string group_line(const std::vector<Column>& columns, std::size_t gap);

/// The titles, or one row, as a line without spaces at its end.
std::string title_line(const std::vector<Column>& columns, std::size_t gap);
std::string row_line(const std::vector<Column>& columns, std::size_t row, std::size_t gap);

}  // namespace writebench::cli
