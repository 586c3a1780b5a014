#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// `no-op`: an external program that does nothing, which shows what the protocol costs.
void declare_no_op(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
