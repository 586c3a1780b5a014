#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench baselines`. If the command line asks for it, `action` lists them.
void declare_baselines(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
