#include "cli/text/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "reports/unicode.hpp"

namespace writebench::cli {
namespace {

std::string_view environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// As setlocale(3) would choose: the first of these that is set.
bool utf8_locale() {
  for (const char* const name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != value.npos || value.find("utf8") != value.npos;
  }
  return false;
}

}  // namespace

Terminal terminal_of(std::FILE* stream) {
  Terminal terminal;
  const int descriptor = ::fileno(stream);
  terminal.interactive = ::isatty(descriptor) == 1;
  terminal.rewritable = terminal.interactive && environment("TERM") != "dumb";
  terminal.colour = terminal.rewritable && environment("NO_COLOR").empty();
  terminal.unicode = utf8_locale();
  winsize size{};
  const std::string_view columns = environment("COLUMNS");
  if (terminal.interactive && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.columns = size.ws_col;
  } else if (!columns.empty()) {
    std::from_chars(columns.data(), columns.data() + columns.size(), terminal.columns);
  }
  terminal.columns = std::clamp<std::size_t>(terminal.columns, 40, 400);
  return terminal;
}

std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string left(std::string text, std::size_t columns) {
  const std::size_t taken = width(text);
  return taken < columns ? text + std::string(columns - taken, ' ') : text;
}

std::string right(std::string text, std::size_t columns) {
  const std::size_t taken = width(text);
  return taken < columns ? std::string(columns - taken, ' ') + text : text;
}

std::string printable(std::string_view text) { return reports::printable(text); }

std::string printable_lines(std::string_view text) { return reports::printable(text, true); }

std::string on_one_line(std::string_view text) { return printable(text) + "\n"; }

}  // namespace writebench::cli
