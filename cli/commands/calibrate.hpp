#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// Declares `writebench calibrate`. If the command line asks for it, `action` measures what the gate's verdicts are
/// worth on this machine, prints that, and keeps it beside the baselines.
void declare_calibrate(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
