#include "cli/text/notes.hpp"

#include "cli/text/print.hpp"
#include "cli/text/terminal.hpp"

namespace writebench::cli {

void print_notes(const std::vector<std::string>& notes) {
  for (const std::string& note : notes) print_text(stderr, on_one_line("writebench: note: " + note));
}

void relay(const std::string& text) { print_text(stderr, text); }

}  // namespace writebench::cli
