#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "writebench/strategy.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench crash-test`. If the command line asks for it, `action` measures what is lost when the writing
/// process is killed, or reads a report of such a measurement, and prints the table to stdout.
void declare_crash_test(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                        std::function<int()>& action);

}  // namespace writebench::cli
