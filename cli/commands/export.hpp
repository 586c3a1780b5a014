#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench export`. If the command line asks for it, `action` writes a report in the form of another
/// tool, to stdout or a file.
void declare_export(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
