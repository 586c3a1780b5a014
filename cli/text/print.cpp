#include "cli/text/print.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "cli/text/terminal.hpp"
#include "reports/unicode.hpp"

namespace writebench::cli {
namespace {

// Bold, dim, red, green, yellow, and the end of each.
constexpr std::array<std::string_view, 6> kStyles{"\033[0m", "\033[1m", "\033[2m", "\033[31m", "\033[32m", "\033[33m"};

// The style at the begin of the text; empty if there is none.
std::string_view style_at(std::string_view text) {
  const auto* const style =
      std::find_if(kStyles.begin(), kStyles.end(), [&](std::string_view known) { return text.starts_with(known); });
  return style == kStyles.end() ? std::string_view() : *style;
}

}  // namespace

void print_text(std::FILE* stream, std::string_view text) {
  const bool colour = terminal_of(stream).colour;
  std::string shown;
  while (!text.empty()) {
    if (const std::string_view style = colour ? style_at(text) : std::string_view(); !style.empty()) {
      shown += style;
      text.remove_prefix(style.size());
      continue;
    }
    const std::size_t end = colour ? std::min(text.find('\033', 1), text.size()) : text.size();
    shown += printable_lines(text.substr(0, end));
    text.remove_prefix(end);
  }
  print_document(stream, shown);
}

void print_document(std::FILE* stream, std::string_view document) {
  std::fwrite(document.data(), 1, document.size(), stream);
}

}  // namespace writebench::cli
