#pragma once

#include <string>

namespace CLI {
class App;
}

namespace writebench::cli {

/// --baseline-dir, whose default is the value of `directory` before.
void declare_baseline_directory(CLI::App& app, std::string& directory, const std::string& summary,
                                const char* group = "Options");

}  // namespace writebench::cli
