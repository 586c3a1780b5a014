#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `help [COMMAND]`, after every other command is declared.
void declare_help(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
