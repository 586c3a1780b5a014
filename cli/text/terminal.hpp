#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

namespace writebench::cli {

/// What a stream can show.
struct Terminal {
  bool interactive = false;
  bool rewritable = false;  ///< a line can be drawn again in its place
  bool colour = false;
  bool unicode = false;
  std::size_t columns = 80;
};

/// Asks the stream and the environment (NO_COLOR, TERM, COLUMNS, the locale's charset).
Terminal terminal_of(std::FILE* stream);

/// How many columns the text takes: its code points, as all that we print are one wide.
std::size_t width(std::string_view text);

/// Filled with spaces on the right, or on the left, to that many columns.
std::string left(std::string text, std::size_t columns);
std::string right(std::string text, std::size_t columns);

/// Without what a terminal would obey or what hides text, whatever the user typed or a report holds:
/// reports::printable().
std::string printable(std::string_view text);

/// The same, but for the ends of lines.
std::string printable_lines(std::string_view text);

/// printable() as one line with its end.
std::string on_one_line(std::string_view text);

}  // namespace writebench::cli
