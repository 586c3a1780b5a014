#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace writebench::cli {

/// A run that ships with the program: its name, what it asks (the first line of its file), and the file's text.
struct Suite {
  std::string_view name;
  std::string_view purpose;
  std::string_view text;
};

const std::vector<Suite>& suites();

}  // namespace writebench::cli
