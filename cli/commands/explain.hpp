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

/// Declares `writebench explain`. If the command line asks for it, `action` measures why a strategy costs what it
/// costs, or reads a report of such a measurement, and prints the page to stdout.
void declare_explain(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                     std::function<int()>& action);

}  // namespace writebench::cli
