#pragma once

#include <functional>
#include <span>

#include "writebench/strategy.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench list`. If the command line asks for it, `action` prints the strategies to stdout, for people
/// or as JSON.
void declare_list(CLI::App& app, std::span<const Descriptor> table, std::function<int()>& action);

}  // namespace writebench::cli
