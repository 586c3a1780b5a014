#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench show`. If the command line asks for it, `action` prints the table of a report to stdout.
void declare_show(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
