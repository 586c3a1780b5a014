#pragma once

#include <functional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench ab`. If the command line asks for it, `action` measures two programs in turn, prints the
/// verdicts, and gives the exit status of a gate.
void declare_ab(CLI::App& app, const std::vector<std::string>& command_line, std::function<int()>& action);

}  // namespace writebench::cli
