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

/// Declares `writebench trial`, the half of the trial protocol (docs/trial-protocol.md) that measures: if the
/// command line asks for it, `action` prints the cells, or one trial of one of them, as a report to stdout.
void declare_trial(CLI::App& app, std::span<const Descriptor> table, const std::vector<std::string>& command_line,
                   std::function<int()>& action);

}  // namespace writebench::cli
