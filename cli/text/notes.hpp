#pragma once

#include <string>
#include <vector>

namespace writebench::cli {

/// Prints each on stderr, as a line that begins with "writebench: note: ".
void print_notes(const std::vector<std::string>& notes);

/// Prints on stderr what another program printed there.
void relay(const std::string& text);

}  // namespace writebench::cli
