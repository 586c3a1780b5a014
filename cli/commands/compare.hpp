#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench compare`. If the command line asks for it, `action` compares two reports,
/// prints the verdicts, and gives the exit status of a gate.
void declare_compare(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
