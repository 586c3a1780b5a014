#pragma once

#include <span>
#include <string>
#include <vector>

#include "engine/trial/cell.hpp"
#include "gate/limit.hpp"

namespace CLI {
class App;
}

namespace writebench::cli {

void declare_limits(CLI::App& app, std::vector<std::string>& typed, const char* group);

/// The limits that --limit sets, of strategies of these cells. Throws UsageError.
std::vector<gate::Limit> parse_limits(const std::vector<std::string>& typed, const std::vector<engine::Cell>& cells);

}  // namespace writebench::cli
