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

/// Declares `writebench advise`. If the command line asks for it, `action` searches for the strategy and the settings
/// that fulfil the constraints best, and prints the advice to stdout. Exit status 1 if none fulfils them.
void declare_advise(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                    std::function<int()>& action);

}  // namespace writebench::cli
