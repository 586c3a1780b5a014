#include "cli/text/notes.hpp"

#include <cstdio>

#include "cli/text/terminal.hpp"

namespace writebench::cli {

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) std::fputs(on_one_line("writebench: note: " + note).c_str(), stderr);
}

void relay(const std::string& text) { std::fputs(printable_lines(text).c_str(), stderr); }

}  // namespace writebench::cli
