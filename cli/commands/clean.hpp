#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace writebench::cli {

/// `writebench clean`: removes what killed runs have left in a directory.
void declare_clean(CLI::App& app, std::function<int()>& action);

}  // namespace writebench::cli
